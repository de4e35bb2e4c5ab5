package io.github.subquad.tornado;
final class TiledStages { private TiledStages() {} }
