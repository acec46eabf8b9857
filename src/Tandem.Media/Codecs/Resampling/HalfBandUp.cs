using System.Numerics;
using System.Runtime.InteropServices;

namespace Tandem.Media.Codecs.Resampling;

/// <summary>To twice the rate: the samples themselves, and between each two the middle that the filter finds.</summary>
internal sealed class HalfBandUp : IRateChanger
{
    private const int Piece = 320;

    private readonly float[] _source = new float[HalfBandFilter.History + Piece];
    private readonly float[] _middles = new float[Piece];

    /// <summary>Samples of the higher rate.</summary>
    public int Delay => HalfBandFilter.History;

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var written = 0;
        while (!input.IsEmpty)
        {
            var count = Math.Min(input.Length, Piece);
            Convert(input[..count], output[written..]);
            written += 2 * count;
            input = input[count..];
        }

        return written;
    }

    public void Reset() => Array.Clear(_source);

    public void Dispose()
    {
    }

    private void Convert(ReadOnlySpan<short> input, Span<short> output)
    {
        var fresh = _source.AsSpan(HalfBandFilter.History, input.Length);
        var i = 0;
        for (; i <= input.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(input[i..]), out var first, out var second);
            Vector.ConvertToSingle(first).CopyTo(fresh[i..]);
            Vector.ConvertToSingle(second).CopyTo(fresh[(i + Vector<float>.Count)..]);
        }

        for (; i < input.Length; i++)
            fresh[i] = input[i];

        // The zeros between the samples halve the level: twice the filter.
        var middles = _middles.AsSpan(0, input.Length);
        HalfBandFilter.Sum(_source.AsSpan(0, HalfBandFilter.History + input.Length), middles, 2);
        var pairs = MemoryMarshal.Cast<short, int>(output[..(2 * input.Length)]);
        var lowest = new Vector<int>(short.MinValue);
        var highest = new Vector<int>(short.MaxValue);
        for (i = 0; i <= input.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var middle = Vector.Min(Vector.Max(Vector.ConvertToInt32(Vector.Round(new Vector<float>(middles[i..]))), lowest), highest);
            var sample = Vector.ConvertToInt32(new Vector<float>(_source.AsSpan(i + HalfBandFilter.Pairs)));
            ((middle & new Vector<int>(0xFFFF)) | Vector.ShiftLeft(sample, 16)).CopyTo(pairs[i..]);
        }

        for (; i < input.Length; i++)
        {
            output[2 * i] = Samples.ToShort(middles[i]);
            output[(2 * i) + 1] = (short)_source[i + HalfBandFilter.Pairs];
        }

        _source.AsSpan(input.Length, HalfBandFilter.History).CopyTo(_source);
    }
}
