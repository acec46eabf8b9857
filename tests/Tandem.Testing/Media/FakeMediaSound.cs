using Tandem.Calls.Calls;
using Tandem.Calls.Ports;

namespace Tandem.Testing.Media;

/// <summary>Remembers what it was told to do.</summary>
public sealed class FakeMediaSound : IMediaSound
{
    /// <summary>Sides that hear themselves.</summary>
    public HashSet<CallSide> Echoes { get; } = [];

    /// <summary>Keys that were sent.</summary>
    public List<(CallSide Side, string Digits)> Sent { get; } = [];

    /// <summary>Sides that take telephone-event.</summary>
    public HashSet<CallSide> WithEvents { get; } = [];

    public void Echo(CallSide side, bool on)
    {
        if (on)
            Echoes.Add(side);
        else
            Echoes.Remove(side);
    }

    public void SendDtmf(CallSide side, string digits, int milliseconds) => Sent.Add((side, digits));

    public bool TakesEvents(CallSide side) => WithEvents.Contains(side);
}
