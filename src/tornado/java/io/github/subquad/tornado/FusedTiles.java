package io.github.subquad.tornado;
final class FusedTiles { private FusedTiles() {} }
