print("wsdiag: nothing yet")
