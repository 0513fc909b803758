import Scenes

typealias Nearest = Scenes.Nearest
