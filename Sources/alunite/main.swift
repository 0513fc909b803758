print("alunite")
