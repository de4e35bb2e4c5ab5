package io.github.subquad.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.AttentionShape;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** A peer that computes something else, or is fed wrongly, would make every ratio worthless. */
class PeerTest {
    static Stream<Arguments> everyPeerAtEveryShape() {
        var shapes =
                List.of(
                        new AttentionShape(1, 1, 1, 1, 1, 1),
                        new AttentionShape(2, 2, 65, 77, 40, 40),
                        new AttentionShape(3, 3, 200, 131, 33, 50),
                        new AttentionShape(2, 2, 300, 300, 160, 160));
        return shapes.stream()
                .flatMap(
                        shape ->
                                Stream.of(PeerKind.values())
                                        .flatMap(
                                                kind ->
                                                        Stream.of(1, 2)
                                                                .map(
                                                                        threads ->
                                                                                Arguments.of(
                                                                                        kind, shape,
                                                                                        threads))));
    }

    @ParameterizedTest(name = "{0} agrees with float64 at {1} with {2} threads")
    @MethodSource("everyPeerAtEveryShape")
    void agreesWithFloat64(PeerKind kind, AttentionShape shape, int threads) {
        Problem problem = Problem.random(shape);
        try (Peer peer = kind.open(problem, threads, "auto")) {
            peer.run();
            peer.run();
            var verdict = problem.verdict(peer.output());
            assertThat(verdict.ok()).as(verdict.toString()).isTrue();
        }
    }
}
