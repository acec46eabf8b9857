using System.Numerics;
using System.Runtime.InteropServices;

namespace Tandem.Media.Codecs.Resampling;

/// <summary>To half the rate. A last sample without a partner waits for the next piece.</summary>
internal sealed class HalfBandDown : IRateChanger
{
    private const int Piece = 320;
    private const int EvenHistory = HalfBandFilter.Pairs - 1;

    private readonly float[] _odd = new float[HalfBandFilter.History + Piece];
    private readonly float[] _even = new float[EvenHistory + Piece];
    private readonly float[] _sums = new float[Piece];
    private short _waiting;
    private bool _isWaiting;

    /// <summary>Samples of the lower rate.</summary>
    public int Delay => EvenHistory;

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var written = 0;
        if (_isWaiting && !input.IsEmpty)
        {
            Span<short> pair = [_waiting, input[0]];
            input = input[1..];
            _isWaiting = false;
            written += Convert(MemoryMarshal.Cast<short, int>(pair), output);
        }

        var pairs = MemoryMarshal.Cast<short, int>(input[..(input.Length & ~1)]);
        while (!pairs.IsEmpty)
        {
            var count = Math.Min(pairs.Length, Piece);
            written += Convert(pairs[..count], output[written..]);
            pairs = pairs[count..];
        }

        if ((input.Length & 1) != 0)
        {
            _waiting = input[^1];
            _isWaiting = true;
        }

        return written;
    }

    public void Reset()
    {
        Array.Clear(_odd);
        Array.Clear(_even);
        _isWaiting = false;
    }

    public void Dispose()
    {
    }

    // Each int holds an even sample below and an odd one above.
    private int Convert(ReadOnlySpan<int> pairs, Span<short> output)
    {
        var odd = _odd.AsSpan(HalfBandFilter.History, pairs.Length);
        var even = _even.AsSpan(EvenHistory, pairs.Length);
        var i = 0;
        for (; i <= pairs.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            var both = new Vector<int>(pairs[i..]);
            Vector.ConvertToSingle(Vector.ShiftRightArithmetic(both, 16)).CopyTo(odd[i..]);
            Vector.ConvertToSingle(Vector.ShiftRightArithmetic(Vector.ShiftLeft(both, 16), 16)).CopyTo(even[i..]);
        }

        for (; i < pairs.Length; i++)
        {
            odd[i] = pairs[i] >> 16;
            even[i] = (short)pairs[i];
        }

        // y[n] = even[n - 15] / 2 + the pairs of odd samples around it.
        var sums = _sums.AsSpan(0, pairs.Length);
        HalfBandFilter.Sum(_odd.AsSpan(0, HalfBandFilter.History + pairs.Length), sums, 1);
        var half = new Vector<float>(0.5f);
        for (i = 0; i <= pairs.Length - (2 * Vector<float>.Count); i += 2 * Vector<float>.Count)
        {
            var first = Vector.FusedMultiplyAdd(new Vector<float>(_even.AsSpan(i)), half, new Vector<float>(sums[i..]));
            var second = Vector.FusedMultiplyAdd(
                new Vector<float>(_even.AsSpan(i + Vector<float>.Count)), half, new Vector<float>(sums[(i + Vector<float>.Count)..]));
            Vector.NarrowWithSaturation(Vector.ConvertToInt32(Vector.Round(first)), Vector.ConvertToInt32(Vector.Round(second))).CopyTo(output[i..]);
        }

        for (; i < pairs.Length; i++)
            output[i] = Samples.ToShort((_even[i] * 0.5f) + sums[i]);

        _odd.AsSpan(pairs.Length, HalfBandFilter.History).CopyTo(_odd);
        _even.AsSpan(pairs.Length, EvenHistory).CopyTo(_even);
        return pairs.Length;
    }
}
