namespace Tandem.Media.Audio;

/// <summary>Makes the two tones of a digit (ITU-T Q.23), continuous over frames. Owned by one loop.</summary>
internal sealed class DtmfTone
{
    /// <summary>The digits in the order of their event codes (RFC 4733 §3.2).</summary>
    private const string Digits = "0123456789*#ABCD";

    // -10 dBm0 a tone, the same as our events say; the upper one 2 dB louder, as lines lose more of it.
    private const double LowAmplitude = 7200;
    private const double HighAmplitude = 9060;

    // Tones begin and end over 2 ms, so that they do not click.
    private const double RampSeconds = 0.002;

    private static readonly int[] Low = [697, 770, 852, 941];
    private static readonly int[] High = [1209, 1336, 1477, 1633];
    private static readonly string[] Keys = ["123A", "456B", "789C", "*0#D"];

    private int _low;
    private int _high;
    private double _seconds;

    /// <summary>The event code of a digit; -1 when it is none.</summary>
    public static int IndexOf(char digit) => Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);

    /// <summary>Begins a digit; one that is none gives silence.</summary>
    public void Start(char digit)
    {
        _low = _high = 0;
        _seconds = 0;
        for (var row = 0; row < Keys.Length; row++)
        {
            var column = Keys[row].IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
            if (column >= 0)
                (_low, _high) = (Low[row], High[column]);
        }
    }

    /// <summary>Fills <paramref name="frame"/>: tone for the first <paramref name="samples"/>, silence behind.</summary>
    public void Fill(Span<short> frame, int sampleRate, int samples)
    {
        var count = Math.Min(samples, frame.Length);
        for (var i = 0; i < count; i++)
        {
            var ramp = Math.Min(1, Math.Min(_seconds, (samples - i) / (double)sampleRate) / RampSeconds);
            var value = (LowAmplitude * Math.Sin(2 * Math.PI * _low * _seconds)) + (HighAmplitude * Math.Sin(2 * Math.PI * _high * _seconds));
            frame[i] = (short)(value * ramp);
            _seconds += 1.0 / sampleRate;
        }

        frame[count..].Clear();
    }
}
