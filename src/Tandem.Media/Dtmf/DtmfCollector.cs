using System.Runtime.CompilerServices;
using Tandem.Core.Time;

namespace Tandem.Media.Dtmf;

/// <summary>
/// Merges the digits of one side that come in several kinds (events, tones, INFO): a key that a phone reports twice or thrice counts once, a
/// key pressed twice counts twice. A digit joins the oldest known press of the same key that its kind has not reported yet. No allocation.
/// </summary>
public sealed class DtmfCollector
{
    /// <summary>
    /// How far the beginnings, or the ends, of two reports of one press may lie apart. Default 1 s: INFO that was sent again after 500 ms, or
    /// tones behind a jitter buffer of 500 ms. The ends count because a phone may send INFO when a key that was held for long is let go.
    /// </summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(1);

    private const int MaxPresses = 16;

    private readonly TimeSpan _window;
    private Presses _presses;
    private int _next;

    public DtmfCollector()
        : this(DefaultWindow)
    {
    }

    public DtmfCollector(TimeSpan window) => _window = window;

    /// <summary>Takes in a digit; false when it is another report of a press that is known.</summary>
    public bool Add(in DtmfDigit digit)
    {
        var kind = 1 << (int)digit.Kind;
        for (var i = 0; i < MaxPresses; i++)
        {
            // From the oldest on: the reports of each kind come in the order of the presses.
            ref var press = ref _presses[(_next + i) % MaxPresses];
            if (press.Digit != digit.Digit || (press.Kinds & kind) != 0 || !IsNear(digit, press))
                continue;

            press.Kinds |= kind;
            return false;
        }

        _presses[_next] = new Press(digit.Digit, kind, digit.Start, EndOf(digit));
        _next = (_next + 1) % MaxPresses;
        return true;
    }

    private bool IsNear(in DtmfDigit digit, in Press press) =>
        (digit.Start - press.Start).Duration() <= _window || (EndOf(digit) - press.End).Duration() <= _window;

    private static Moment EndOf(in DtmfDigit digit) => digit.Start + TimeSpan.FromMilliseconds(digit.DurationMs);

    private record struct Press(char Digit, int Kinds, Moment Start, Moment End);

    [InlineArray(MaxPresses)]
    private struct Presses
    {
        private Press _first;
    }
}
