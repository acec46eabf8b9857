using System.Collections.Immutable;
using System.Globalization;

namespace Tandem.Media.Playback.Tones;

/// <summary>The pattern of a tone. Immutable.</summary>
/// <param name="Segments">One behind the other; then from the beginning again.</param>
public sealed record ToneCadence(ImmutableArray<ToneSegment> Segments)
{
    /// <summary>The longest pattern, segments.</summary>
    public const int MaxSegments = 32;

    private const int LongestMilliseconds = 120_000;

    /// <summary>
    /// Reads a pattern such as <c>440+480/2000,0/4000</c>: frequencies in hertz, <c>+</c> for two together, <c>*</c> for one that swells with another, and behind the stroke the
    /// length in milliseconds; without a length it lasts. Null with a reason in <paramref name="error"/> when it cannot be read.
    /// </summary>
    public static ToneCadence? Parse(ReadOnlySpan<char> text, out string error)
    {
        var segments = ImmutableArray.CreateBuilder<ToneSegment>();
        foreach (var range in text.Split(','))
        {
            var part = text[range].Trim();
            if (segments.Count == MaxSegments)
            {
                error = $"a tone has at most {MaxSegments} segments";
                return null;
            }

            if (!TryReadSegment(part, out var segment))
            {
                error = $"'{part}' is not a segment of a tone: frequencies of 10 to 3800 Hz and a length of 1 to {LongestMilliseconds} ms, such as 440+480/2000, are expected";
                return null;
            }

            segments.Add(segment);
        }

        error = "";
        return new ToneCadence(segments.ToImmutable());
    }

    internal static ToneCadence Parse(string text) => Parse(text, out var error) ?? throw new ArgumentException(error, nameof(text));

    private static bool TryReadSegment(ReadOnlySpan<char> part, out ToneSegment segment)
    {
        segment = default;
        var length = 0;
        if (part.IndexOf('/') is var stroke && stroke >= 0)
        {
            if (!int.TryParse(part[(stroke + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length is < 1 or > LongestMilliseconds)
                return false;

            part = part[..stroke];
        }

        var joint = part.IndexOfAny('+', '*');
        if (!TryReadHertz(joint < 0 ? part : part[..joint], out var first))
            return false;

        double second = 0;
        if (joint >= 0 && (!TryReadHertz(part[(joint + 1)..], out second) || first == 0 || second == 0))
            return false;

        segment = new ToneSegment(first, second, joint >= 0 && part[joint] == '*', length);
        return true;
    }

    private static bool TryReadHertz(ReadOnlySpan<char> text, out double hertz) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out hertz) && hertz is 0 or (>= 10 and <= 3_800);
}
