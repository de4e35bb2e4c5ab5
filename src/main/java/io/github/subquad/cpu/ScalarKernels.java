package io.github.subquad.cpu;

import io.github.subquad.tensor.DataType;

import java.util.Arrays;

/**
 * The kernels in plain loops: for virtual machines without {@code jdk.incubator.vector}, and as the
 * readable twin of the vector kernels. Inner loops run over adjacent floats, which lets the
 * compiler vectorise most of them by itself. Nothing here touches a type of the Vector API.
 */
final class ScalarKernels implements Kernels {

    @Override
    public String name() {
        return "plain loops";
    }

    @Override
    public void scores(
            float[] k, int ko, int kStride, int n, int d, float[] qt, int qo, float[] s, int so) {
        Arrays.fill(s, so, so + n * WIDTH, 0);
        for (int j = 0; j < n; j++) {
            for (int c = 0; c < d; c++) {
                addScaled(k[ko + j * kStride + c], qt, qo + c * WIDTH, s, so + j * WIDTH);
            }
        }
    }

    /** {@code y[w] += a · x[w]} over one row of a block. */
    private static void addScaled(float a, float[] x, int xo, float[] y, int yo) {
        for (int w = 0; w < WIDTH; w++) {
            y[yo + w] += a * x[xo + w];
        }
    }

    @Override
    public void addKeyBias(float[] s, int n, float[] bias, int bo) {
        for (int j = 0; j < n; j++) {
            for (int i = j * WIDTH; i < (j + 1) * WIDTH; i++) {
                s[i] = biased(s[i], bias[bo + j]);
            }
        }
    }

    @Override
    public void addBias(float[] s, int count, float[] bias, int bo) {
        for (int i = 0; i < count; i++) {
            s[i] = biased(s[i], bias[bo + i]);
        }
    }

    static float biased(float score, float bias) {
        if (bias == Float.NEGATIVE_INFINITY) {
            return bias;
        }
        var b = bias * LOG2_E;
        return score + (b < LEAST_BIAS ? LEAST_BIAS : b); // Math.max would do, more slowly
    }

    @Override
    public void maskDiagonal(float[] s, int n, int diagonal) {
        for (int j = Math.max(0, diagonal + 1); j < n; j++) {
            var masked = Math.min(WIDTH, j - diagonal);
            Arrays.fill(s, j * WIDTH, j * WIDTH + masked, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    public void columnMax(float[] s, int from, int n, float[] max) {
        for (int j = from; j < n; j++) {
            for (int w = 0; w < WIDTH; w++) {
                var x = s[j * WIDTH + w];
                max[w] = x > max[w] ? x : max[w];
            }
        }
    }

    @Override
    public boolean weights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        Arrays.fill(part, 0, WIDTH, 0);
        var risen = false;
        for (int j = 0; j < n; j++) {
            for (int w = 0; w < WIDTH; w++) {
                var x = s[j * WIDTH + w] + neg[no + w];
                risen |= !(x <= rise); // true for NaN
                s[j * WIDTH + w] = Exp2.of(x);
                part[w] += s[j * WIDTH + w];
            }
        }
        return risen;
    }

    @Override
    public void weightedSum(
            float[] s, int n, float[] v, int vo, int vStride, int dv, float[] ot, int oo) {
        var sum = new float[WIDTH];
        for (int c = 0; c < dv; c++) {
            Arrays.fill(sum, 0);
            for (int j = 0; j < n; j++) {
                addScaled(v[vo + j * vStride + c], s, j * WIDTH, sum, 0);
            }
            addScaled(1, sum, 0, ot, oo + c * WIDTH);
        }
    }

    @Override
    public void transposeIn(
            float[] rows, int ro, int rowStride, int n, int d, float scale, float[] t, int to) {
        for (int w = 0; w < WIDTH; w++) {
            var row = ro + Math.min(w, n - 1) * rowStride;
            for (int c = 0; c < d; c++) {
                t[to + c * WIDTH + w] = rows[row + c] * scale;
            }
        }
    }

    @Override
    public void transposeOut(
            float[] t,
            int to,
            float[] factor,
            int fo,
            int n,
            int d,
            float[] rows,
            int ro,
            int rowStride) {
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < d; c++) {
                rows[ro + i * rowStride + c] = t[to + c * WIDTH + i] * factor[fo + i];
            }
        }
    }

    @Override
    public void scoreGradients(float[] s, float[] ds, int n, float[] neg, float[] delta, int from) {
        for (int i = 0; i < n; i++) {
            for (int at = i * WIDTH; at < (i + 1) * WIDTH; at++) {
                var x = s[at] == Float.NEGATIVE_INFINITY ? s[at] : s[at] + neg[from + i];
                s[at] = Exp2.of(x);
                ds[at] = x == Float.NEGATIVE_INFINITY ? 0 : s[at] * (ds[at] - delta[from + i]);
            }
        }
    }

    @Override
    public void addProduct(
            float[] a, int n, int m, float[] b, int bo, int width, float[] c, int co) {
        var sum = new float[width];
        for (int i = 0; i < n; i++) {
            Arrays.fill(sum, 0);
            for (int j = 0; j < m; j++) {
                for (int x = 0; x < width; x++) {
                    sum[x] += a[i * WIDTH + j] * b[bo + j * width + x];
                }
            }
            for (int x = 0; x < width; x++) {
                c[co + i * width + x] += sum[x];
            }
        }
    }

    @Override
    public void rowScores(
            float[] q,
            int qo,
            int qStride,
            float[] k,
            int ko,
            int kStride,
            int n,
            int d,
            float[] s,
            int so) {
        for (int j = 0; j < n; j++) {
            for (int r = 0; r < ROWS; r++) {
                var sum = 0f;
                for (int c = 0; c < d; c++) {
                    sum += k[ko + j * kStride + c] * q[qo + r * qStride + c];
                }
                s[so + j * ROWS + r] = sum;
            }
        }
    }

    @Override
    public boolean rowWeights(float[] s, int n, float[] neg, int no, float[] part, float rise) {
        Arrays.fill(part, 0, ROWS, 0);
        var risen = false;
        for (int i = 0; i < n * ROWS; i++) {
            var r = i % ROWS;
            var x = s[i] + neg[no + r];
            risen |= !(x <= rise);
            s[i] = Exp2.of(x);
            part[r] += s[i];
        }
        return risen;
    }

    @Override
    public void rowWeightedSum(
            float[] s,
            int so,
            int n,
            float[] v,
            int vo,
            int vStride,
            int dv,
            float[] o,
            int oo,
            int oStride) {
        var sum = new float[dv];
        for (int r = 0; r < ROWS; r++) {
            Arrays.fill(sum, 0);
            for (int j = 0; j < n; j++) {
                for (int c = 0; c < dv; c++) {
                    sum[c] += s[so + j * ROWS + r] * v[vo + j * vStride + c];
                }
            }
            for (int c = 0; c < dv; c++) {
                o[oo + r * oStride + c] += sum[c];
            }
        }
    }

    @Override
    public boolean allFinite(float[] a, int from, int n) {
        var finite = true;
        for (int i = from; i < from + n; i++) {
            finite &= Math.abs(a[i]) <= Float.MAX_VALUE;
        }
        return finite;
    }

    @Override
    public void widenHalf(short[] a, int ao, float[] b, int bo, int n) {
        for (int i = 0; i < n; i++) {
            b[bo + i] = Float.float16ToFloat(a[ao + i]);
        }
    }

    @Override
    public void widenBfloat16(short[] a, int ao, float[] b, int bo, int n) {
        for (int i = 0; i < n; i++) {
            b[bo + i] = Float.intBitsToFloat(a[ao + i] << 16);
        }
    }

    @Override
    public void narrowHalf(float[] a, int ao, short[] b, int bo, int n) {
        for (int i = 0; i < n; i++) {
            var x = a[ao + i];
            b[bo + i] = Float.isNaN(x) ? HALF_NAN : Float.floatToFloat16(x);
        }
    }

    @Override
    public void narrowBfloat16(float[] a, int ao, short[] b, int bo, int n) {
        for (int i = 0; i < n; i++) {
            b[bo + i] = DataType.floatToBfloat16(a[ao + i]);
        }
    }
}
