#!/usr/bin/env zsh
# What an interactive zsh offers: complete.zsh FOLDER-OF-THE-SCRIPT "the line, up to the cursor"
zmodload zsh/zpty
zpty z zsh -f -i
setup=$(mktemp)
trap 'rm -f $setup' EXIT
cat >$setup <<'SETUP'
PROMPT=
autoload -Uz compinit && compinit -u -D
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
begin-list () { print -r -- '<offered>' }
end-list () { print -r -- '</offered>'; exit }
compprefuncs=(begin-list)
comppostfuncs=(end-list)
compadd () {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    typeset -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- $hits
    return 0
}
print ready
SETUP
zpty -w z "fpath=(${(q)1} \$fpath); source $setup"
while zpty -r z line; do [[ $line == ready* ]] && break; done
zpty -w -n z "$2"$'\t'
while zpty -r z line; do
    line=${line%$'\r\n'}
    case $line in
        *'<offered>'*) shown=1 ;;
        *'</offered>'*) break ;;
        *) [[ -n $shown ]] && print -r -- $line ;;
    esac
done
exit 0
