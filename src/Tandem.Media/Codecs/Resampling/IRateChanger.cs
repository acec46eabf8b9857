namespace Tandem.Media.Codecs.Resampling;

/// <summary>A way to change the rate of a stream of samples.</summary>
internal interface IRateChanger : IDisposable
{
    /// <summary>By how much the output lags, in samples of the output.</summary>
    int Delay { get; }

    /// <summary>Takes all of <paramref name="input"/> as long as <paramref name="output"/> has room; returns the samples written.</summary>
    int Process(ReadOnlySpan<short> input, Span<short> output);

    void Reset();
}
