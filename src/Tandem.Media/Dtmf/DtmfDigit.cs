using Tandem.Core.Time;

namespace Tandem.Media.Dtmf;

/// <summary>A digit that is over.</summary>
/// <param name="Digit">0 to 9, *, #, A to D, or <see cref="DtmfDigits.Flash"/>.</param>
/// <param name="DurationMs">How long, milliseconds.</param>
/// <param name="Kind">How it came.</param>
/// <param name="Start">When it began, as far as its kind tells.</param>
public readonly record struct DtmfDigit(char Digit, int DurationMs, DtmfKind Kind, Moment Start)
{
    // Digits are often secrets (PINs, card numbers).
    public override string ToString() => $"DtmfDigit {{ {Kind} }}";
}
