NAMES=[]
def plant(n): pass
