using System.Numerics;
using System.Runtime.InteropServices;

namespace Tandem.Media.Codecs.G722;

/// <summary>
/// The quadrature mirror filters of ITU-T G.722 (clauses 6.2.1.1 and 6.2.2.3), 24 taps in two halves that run over every second sample. A
/// piece of sound at once: nothing here is fed back, so eight results are computed side by side.
/// </summary>
internal sealed class QuadratureFilter
{
    /// <summary>Pairs of samples in one piece: a packet of 20 ms.</summary>
    public const int Piece = 160;

    private const int Half = 12;
    private const int History = Half - 1;

    private readonly int[] _first = new int[History + Piece];
    private readonly int[] _second = new int[History + Piece];

    /// <summary>Transmit: two samples of 16 kHz give one of each band. <paramref name="samples"/> holds at most twice <see cref="Piece"/>.</summary>
    public void Split(ReadOnlySpan<short> samples, Span<int> low, Span<int> high)
    {
        var pairs = MemoryMarshal.Cast<short, int>(samples);
        var first = _first.AsSpan(History, pairs.Length);
        var second = _second.AsSpan(History, pairs.Length);
        var i = 0;
        for (; i <= pairs.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var both = new Vector<int>(pairs[i..]);
            Vector.ShiftRightArithmetic(Vector.ShiftLeft(both, 16), 16).CopyTo(first[i..]);
            Vector.ShiftRightArithmetic(both, 16).CopyTo(second[i..]);
        }

        for (; i < pairs.Length; i++)
        {
            first[i] = (short)pairs[i];
            second[i] = pairs[i] >> 16;
        }

        for (i = 0; i <= pairs.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var (a, b) = (Forward(_first, i), Backward(_second, i));
            Limit(Vector.ShiftRightArithmetic(a + b, 14), -16384, 16383).CopyTo(low[i..]);
            Limit(Vector.ShiftRightArithmetic(b - a, 14), -16384, 16383).CopyTo(high[i..]);
        }

        for (; i < pairs.Length; i++)
        {
            var (a, b) = (ForwardOne(_first, i), BackwardOne(_second, i));
            low[i] = Math.Clamp((a + b) >> 14, -16384, 16383);
            high[i] = Math.Clamp((b - a) >> 14, -16384, 16383);
        }

        Keep(pairs.Length);
    }

    /// <summary>Receive: one sample of each band gives two of 16 kHz.</summary>
    public void Join(ReadOnlySpan<int> low, ReadOnlySpan<int> high, Span<short> samples)
    {
        var pairs = MemoryMarshal.Cast<short, int>(samples);
        var first = _first.AsSpan(History, pairs.Length);
        var second = _second.AsSpan(History, pairs.Length);
        var i = 0;
        for (; i <= pairs.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var (l, h) = (new Vector<int>(low[i..]), new Vector<int>(high[i..]));
            (l + h).CopyTo(first[i..]);
            (l - h).CopyTo(second[i..]);
        }

        for (; i < pairs.Length; i++)
        {
            first[i] = low[i] + high[i];
            second[i] = low[i] - high[i];
        }

        for (i = 0; i <= pairs.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var one = Limit(Vector.ShiftRightArithmetic(Backward(_second, i), 11), short.MinValue, short.MaxValue);
            var two = Limit(Vector.ShiftRightArithmetic(Forward(_first, i), 11), short.MinValue, short.MaxValue);
            ((one & new Vector<int>(0xFFFF)) | Vector.ShiftLeft(two, 16)).CopyTo(pairs[i..]);
        }

        for (; i < pairs.Length; i++)
        {
            samples[2 * i] = (short)Math.Clamp(BackwardOne(_second, i) >> 11, short.MinValue, short.MaxValue);
            samples[(2 * i) + 1] = (short)Math.Clamp(ForwardOne(_first, i) >> 11, short.MinValue, short.MaxValue);
        }

        Keep(pairs.Length);
    }

    public void Reset()
    {
        Array.Clear(_first);
        Array.Clear(_second);
    }

    private static Vector<int> Forward(int[] source, int at)
    {
        var sum = Vector<int>.Zero;
        for (var k = 0; k < Half; k++)
            sum += new Vector<int>(source.AsSpan(at + k)) * G722Tables.Qmf[k];
        return sum;
    }

    private static Vector<int> Backward(int[] source, int at)
    {
        var sum = Vector<int>.Zero;
        for (var k = 0; k < Half; k++)
            sum += new Vector<int>(source.AsSpan(at + k)) * G722Tables.Qmf[Half - 1 - k];
        return sum;
    }

    private static int ForwardOne(int[] source, int at)
    {
        var sum = 0;
        for (var k = 0; k < Half; k++)
            sum += source[at + k] * G722Tables.Qmf[k];
        return sum;
    }

    private static int BackwardOne(int[] source, int at)
    {
        var sum = 0;
        for (var k = 0; k < Half; k++)
            sum += source[at + k] * G722Tables.Qmf[Half - 1 - k];
        return sum;
    }

    private static Vector<int> Limit(Vector<int> value, int lowest, int highest) =>
        Vector.Min(Vector.Max(value, new Vector<int>(lowest)), new Vector<int>(highest));

    private void Keep(int count)
    {
        _first.AsSpan(count, History).CopyTo(_first);
        _second.AsSpan(count, History).CopyTo(_second);
    }
}
