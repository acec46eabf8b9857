using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Audio;

namespace Tandem.Testing.Media;

/// <summary>Remembers what it was told to do.</summary>
public sealed class FakeMediaSound : IMediaSound
{
    private int _plays;

    /// <summary>Sides that hear themselves.</summary>
    public HashSet<CallSide> Echoes { get; } = [];

    /// <summary>What plays now, in the order in which it began.</summary>
    public List<(PlayId Id, CallSide Side, SoundRequest Sound)> Playing { get; } = [];

    /// <summary>Keys that were sent.</summary>
    public List<(CallSide Side, string Digits)> Sent { get; } = [];

    /// <summary>Sides that take no telephone-event.</summary>
    public HashSet<CallSide> WithoutEvents { get; } = [];

    public void Echo(CallSide side, bool on)
    {
        if (on)
            Echoes.Add(side);
        else
            Echoes.Remove(side);
    }

    public PlayId? Play(CallSide side, SoundRequest sound, PlayMode mode, out string problem)
    {
        problem = "";
        var id = new PlayId(++_plays);
        Playing.Add((id, side, sound));
        return id;
    }

    public void StopPlay(PlayId play) => Playing.RemoveAll(p => p.Id == play);

    public void SendDtmf(CallSide side, string digits, int milliseconds) => Sent.Add((side, digits));

    public bool TakesEvents(CallSide side) => !WithoutEvents.Contains(side);
}
