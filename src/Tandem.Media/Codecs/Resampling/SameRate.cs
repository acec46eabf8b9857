namespace Tandem.Media.Codecs.Resampling;

/// <summary>Nothing to change: a copy.</summary>
internal sealed class SameRate : IRateChanger
{
    public int Delay => 0;

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        input.CopyTo(output);
        return input.Length;
    }

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}
