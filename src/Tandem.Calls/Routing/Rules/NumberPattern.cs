using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Calls.Routing.Rules;

/// <summary>
/// Which numbers are meant. Five forms: <c>100</c> this number; <c>prefix:0044</c> all that begin so; <c>range:100-199</c> numbers of that
/// length in between; <c>_NXXXXXX.</c> as operators write them (X 0 to 9, Z 1 to 9, N 2 to 9, <c>[1-4,7]</c> one of these, <c>.</c> at the end one or more
/// of anything, <c>!</c> at the end none or more); <c>regex:^4[0-9]{2}$</c> a regular expression, which has a time limit. Immutable.
/// </summary>
public sealed class NumberPattern
{
    /// <summary>The longest pattern.</summary>
    public const int MostLength = 128;

    private const int LongestEnumerated = 1_000;

    // A shard waits for it. Without backtracking a number takes microseconds: the limit is for what nobody thought of, and must not be reached by a busy machine.
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    private readonly DigitSequence? _sequence;
    private readonly (ulong First, ulong Last, int Length)? _range;
    private readonly Regex? _regex;

    private NumberPattern(string text, DigitSequence? sequence, (ulong, ulong, int)? range, Regex? regex)
    {
        Text = text;
        _sequence = sequence;
        _range = range;
        _regex = regex;
    }

    /// <summary>How it is written.</summary>
    public string Text { get; }

    /// <summary>True for a pattern that stands for one number only.</summary>
    public bool IsOneNumber => _sequence is { IsLiteral: true };

    /// <summary>Reads a pattern; never throws.</summary>
    public static bool TryParse(string? text, out NumberPattern pattern, out string problem)
    {
        pattern = null!;
        problem = "";
        if (string.IsNullOrEmpty(text) || text.Length > MostLength)
        {
            problem = $"a pattern of 1 to {MostLength} characters is accepted";
            return false;
        }

        if (text.StartsWith("regex:", StringComparison.Ordinal))
            return TryExpression(text, out pattern, out problem);
        if (text.StartsWith("range:", StringComparison.Ordinal))
            return TryRange(text, out pattern, out problem);

        DigitSequence? sequence;
        if (text[0] == '_')
            sequence = DigitSequence.OfOperators(text.AsSpan(1));
        else if (text.StartsWith("prefix:", StringComparison.Ordinal))
            sequence = DigitSequence.Of(text.AsSpan("prefix:".Length), isPrefix: true);
        else
            sequence = DigitSequence.Of(text, isPrefix: false);

        if (sequence is null)
        {
            problem = $"{text} is no pattern: a number, prefix:, range:FROM-TO, _ with X N Z [..] and . or ! at the end, or regex: is accepted";
            return false;
        }

        pattern = new NumberPattern(text, sequence, null, null);
        return true;
    }

    /// <summary>True when a number fits. <paramref name="isTooSlow"/>: the expression needed longer than it may, and counts as not fitting.</summary>
    public bool Matches(string number, out bool isTooSlow)
    {
        isTooSlow = false;
        if (_sequence is not null)
            return _sequence.Matches(number);
        if (_range is { } range)
            return number.Length == range.Length && Digits(number) is { } value && value >= range.First && value <= range.Last;

        try
        {
            return _regex!.IsMatch(number);
        }
        catch (RegexMatchTimeoutException)
        {
            isTooSlow = true;
            return false;
        }
    }

    /// <summary>True when a number fits.</summary>
    public bool Matches(string number) => Matches(number, out _);

    /// <summary>True when it is certain that every number that fits <paramref name="other"/> fits this one.</summary>
    public bool Covers(NumberPattern other)
    {
        if (_regex is not null || other._regex is not null)
            return _regex is not null && other.Text == Text;
        if (other._range is { } theirs)
        {
            if (_range is { } ours)
                return ours.Length == theirs.Length && ours.First <= theirs.First && ours.Last >= theirs.Last;
            return theirs.Last - theirs.First < LongestEnumerated && AllMatch(theirs);
        }

        if (_range is not null)
            return other.IsOneNumber && Matches(other._sequence!.Literal);

        return _sequence!.Covers(other._sequence!);
    }

    public override string ToString() => Text;

    private bool AllMatch((ulong First, ulong Last, int Length) range)
    {
        for (var value = range.First; value <= range.Last; value++)
        {
            if (!_sequence!.Matches(value.ToString("D" + range.Length.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)))
                return false;
        }

        return true;
    }

    private static bool TryRange(string text, out NumberPattern pattern, out string problem)
    {
        pattern = null!;
        problem = $"{text} is no range: two numbers of the same length are accepted, the lower one first, as range:100-199";
        var parts = text["range:".Length..].Split('-');
        if (parts.Length != 2 || parts[0].Length != parts[1].Length || Digits(parts[0]) is not { } first || Digits(parts[1]) is not { } last || first > last)
            return false;

        pattern = new NumberPattern(text, null, (first, last, parts[0].Length), null);
        problem = "";
        return true;
    }

    private static bool TryExpression(string text, out NumberPattern pattern, out string problem)
    {
        pattern = null!;
        try
        {
            // Without backtracking the time grows with the length of the number and no further.
            var regex = new Regex(text["regex:".Length..], RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, RegexLimit);
            _ = regex.IsMatch("0"); // made ready here, and not in the first call
            pattern = new NumberPattern(text, null, null, regex);
            problem = "";
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            problem = $"{text} is no regular expression that is accepted (without look-around and back references): {e.Message}";
            return false;
        }
    }

    private static ulong? Digits(string text) =>
        text.Length is > 0 and <= 19 && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
