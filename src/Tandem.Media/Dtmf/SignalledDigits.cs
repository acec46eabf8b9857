using System.Runtime.CompilerServices;
using Tandem.Core.Time;

namespace Tandem.Media.Dtmf;

/// <summary>
/// Digits of one side that came by signalling (SIP INFO). Each waits whether the media brings the same press too, so that it can be merged
/// instead of sent twice; in the order in which they came. One thread, no allocation.
/// </summary>
internal sealed class SignalledDigits
{
    /// <summary>Digits that wait at once. Nobody presses more in a second; one more is refused.</summary>
    public const int MaxWaiting = 16;

    private Waiting _waiting;
    private int _count;
    private int _at;

    public bool IsEmpty => _count == 0;

    /// <summary>Takes in a digit; false when too many wait, or it is none.</summary>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long, as far as the message tells.</param>
    /// <param name="now">When it came.</param>
    /// <param name="patience">How long the media has to begin with the same key; zero when it brings none.</param>
    public bool TryAdd(char digit, int milliseconds, Moment now, TimeSpan patience)
    {
        if (_count == MaxWaiting || DtmfDigits.CodeOf(digit) < 0)
            return false;

        _waiting[(_at + _count) % MaxWaiting] = new Entry(new DtmfDigit(digit, milliseconds, DtmfKind.Info, now), now + patience);
        _count++;
        return true;
    }

    /// <summary>Takes the next digit that has waited long enough, and whose key is not being pressed in the media: that one tells first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="pressedAsEvent">The key of the event under way; 0 for none.</param>
    /// <param name="pressedAsTone">The key of the tone under way; 0 for none.</param>
    /// <param name="digit">The digit.</param>
    public bool TryTake(Moment now, char pressedAsEvent, char pressedAsTone, out DtmfDigit digit)
    {
        digit = default;
        if (_count == 0)
            return false;

        ref readonly var first = ref _waiting[_at];
        if (now < first.Due || first.Digit.Digit == pressedAsEvent || first.Digit.Digit == pressedAsTone)
            return false;

        digit = first.Digit;
        _at = (_at + 1) % MaxWaiting;
        _count--;
        return true;
    }

    private readonly record struct Entry(DtmfDigit Digit, Moment Due);

    [InlineArray(MaxWaiting)]
    private struct Waiting
    {
        private Entry _first;
    }
}
