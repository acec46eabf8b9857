using Tandem.Media.Dtmf;

namespace Tandem.Media.Events;

/// <summary>A side pressed a key. Each digit comes once, when it is over.</summary>
/// <param name="Side">Who pressed.</param>
/// <param name="Digit">0 to 9, *, #, A to D.</param>
/// <param name="DurationMs">How long, milliseconds.</param>
/// <param name="Kind">How it came.</param>
public sealed record DtmfReceived(MediaSide Side, char Digit, int DurationMs, DtmfKind Kind) : MediaEvent
{
    // Digits are often secrets (PINs, card numbers) and events are logged.
    public override string ToString() => $"DtmfReceived {{ {Side}, {Kind} }}";
}
