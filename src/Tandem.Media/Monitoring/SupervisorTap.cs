using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;

namespace Tandem.Media.Monitoring;

/// <summary>Takes what a supervisor says to whom the mode lets hear it.</summary>
internal sealed class SupervisorTap(SoundPipe toAgent, SoundPipe toOther) : IAudioTap
{
    private readonly RateConverter _converter = new();
    private readonly short[] _converted = new short[SoundPipe.Frame];

    public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at)
    {
        if (!toAgent.IsOpen && !toOther.IsOpen)
            return;

        _converter.Convert(a, sampleRate, _converted, SoundPipe.Rate);
        toAgent.Write(_converted);
        toOther.Write(_converted);
    }

    public void Dispose() => _converter.Dispose();
}
