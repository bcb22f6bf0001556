# What bash offers: complete.bash SCRIPT WORD... (the last one is the word at the cursor)
source "$1"
shift
[[ $(complete -p wsdiag) == *'-F _wsdiag wsdiag' ]] || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_wsdiag wsdiag "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
