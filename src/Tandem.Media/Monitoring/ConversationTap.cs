using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;

namespace Tandem.Media.Monitoring;

/// <summary>Adds both sides of a conversation up for who listens. Nothing of the conversation changes by it.</summary>
internal sealed class ConversationTap(SoundPipe pipe) : IAudioTap
{
    private readonly RateConverter _converter = new();
    private readonly short[] _sum = new short[960];
    private readonly short[] _converted = new short[SoundPipe.Frame];

    public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at)
    {
        var sum = _sum.AsSpan(0, a.Length);
        a.CopyTo(sum);
        if (!b.IsEmpty)
            SampleMath.Mix(sum, b);
        _converter.Convert(sum, sampleRate, _converted, SoundPipe.Rate);
        pipe.Write(_converted);
    }

    public void Dispose() => _converter.Dispose();
}
