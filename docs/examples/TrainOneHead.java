import io.github.subquad.Attention;
import io.github.subquad.AttentionGradients;
import io.github.subquad.AttentionTape;
import io.github.subquad.tensor.Tensor;

import java.util.SplittableRandom;

/**
 * Learns one head of attention from examples: projections Wq, Wk and Wv such that attention of
 * X·Wq, X·Wk and X·Wv gives what a head with other, unknown projections gave for the same X.
 */
final class TrainOneHead {
    private static final int TOKENS = 256;
    private static final int FEATURES = 12;
    private static final int CHANNELS = 8;
    private static final int STEPS = 500;

    private TrainOneHead() {}

    /** Prints the loss, the mean squared error, as it falls. */
    public static void main(String[] args) {
        var random = new SplittableRandom(20220527);
        float[] x = gaussian(random, TOKENS * FEATURES, 1);
        try (Attention attention = Attention.open()) {
            float[] target = new Head(random, 0.25).output(attention, x);
            var head = new Head(random, 0.25);
            double first = head.train(attention, x, target);
            double last = first;
            for (int step = 1; step <= STEPS; step++) {
                last = head.train(attention, x, target);
                if (step % 50 == 0) {
                    System.out.printf("step %d, loss %.3g%n", step, last);
                }
            }
            System.out.printf(
                    "loss fell from %.3g to %.3g, by %.0f times%n", first, last, first / last);
        }
    }

    private static float[] gaussian(SplittableRandom random, int n, double deviation) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** What is trained. */
    private static final class Head {
        private final Projection query;
        private final Projection key;
        private final Projection value;

        Head(SplittableRandom random, double deviation) {
            query = new Projection(random, deviation);
            key = new Projection(random, deviation);
            value = new Projection(random, deviation);
        }

        float[] output(Attention attention, float[] x) {
            return attention
                    .attend(query.project(x), key.project(x), value.project(x))
                    .output()
                    .toFloatArray();
        }

        /** One step down the gradient of the loss; returns the loss before it. */
        double train(Attention attention, float[] x, float[] target) {
            try (AttentionTape tape =
                    attention.forward(query.project(x), key.project(x), value.project(x))) {
                float[] difference = tape.output().toFloatArray();
                double loss = 0;
                for (int i = 0; i < difference.length; i++) {
                    difference[i] -= target[i];
                    loss += difference[i] * difference[i] / difference.length;
                    difference[i] *= 2f / difference.length; // the gradient of the loss
                }
                AttentionGradients gradients = tape.backward(tensor(difference));
                query.learn(x, gradients.query());
                key.learn(x, gradients.key());
                value.learn(x, gradients.value());
                return loss;
            }
        }
    }

    private static Tensor tensor(float[] rows) {
        return Tensor.of(rows, 1, TOKENS, CHANNELS);
    }

    /** A matrix W, {@code [features, channels]}, that Adam (arXiv 1412.6980) improves. */
    private static final class Projection {
        private static final double RATE = 0.02;
        private static final double KEEP_MEAN = 0.9;
        private static final double KEEP_SQUARE = 0.999;

        private final float[] weights;
        private final double[] mean = new double[FEATURES * CHANNELS];
        private final double[] square = new double[FEATURES * CHANNELS];
        private int steps;

        Projection(SplittableRandom random, double deviation) {
            weights = gaussian(random, FEATURES * CHANNELS, deviation);
        }

        /** X·W. */
        Tensor project(float[] x) {
            float[] rows = new float[TOKENS * CHANNELS];
            for (int t = 0; t < TOKENS; t++) {
                for (int f = 0; f < FEATURES; f++) {
                    for (int c = 0; c < CHANNELS; c++) {
                        rows[t * CHANNELS + c] += x[t * FEATURES + f] * weights[f * CHANNELS + c];
                    }
                }
            }
            return tensor(rows);
        }

        /** A step against Xᵀ·G, the gradient of W where G is that of X·W. */
        void learn(float[] x, Tensor gradient) {
            float[] g = gradient.toFloatArray();
            double[] ofWeights = new double[FEATURES * CHANNELS];
            for (int t = 0; t < TOKENS; t++) {
                for (int f = 0; f < FEATURES; f++) {
                    for (int c = 0; c < CHANNELS; c++) {
                        ofWeights[f * CHANNELS + c] += x[t * FEATURES + f] * g[t * CHANNELS + c];
                    }
                }
            }
            steps++;
            for (int i = 0; i < weights.length; i++) {
                mean[i] = KEEP_MEAN * mean[i] + (1 - KEEP_MEAN) * ofWeights[i];
                square[i] =
                        KEEP_SQUARE * square[i] + (1 - KEEP_SQUARE) * ofWeights[i] * ofWeights[i];
                double step = mean[i] / (1 - Math.pow(KEEP_MEAN, steps));
                double size = Math.sqrt(square[i] / (1 - Math.pow(KEEP_SQUARE, steps)));
                weights[i] -= (float) (RATE * step / (size + 1e-10));
            }
        }
    }
}
