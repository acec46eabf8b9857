using System.Text.RegularExpressions;

namespace Tandem.Calls.Routing.Rules;

/// <summary>A header field that a rule looks at: it must be there, have a value, or fit an expression. Immutable.</summary>
internal sealed class HeaderCondition
{
    private const int MostLength = 256;

    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    private readonly string _value;
    private readonly Regex? _regex;

    private HeaderCondition(string name, string value, Regex? regex)
    {
        Name = name;
        _value = value;
        _regex = regex;
    }

    public string Name { get; }

    /// <summary>The condition, or null and what is wrong.</summary>
    public static (HeaderCondition? Condition, string Problem) Read(string name, string value)
    {
        if (name.Length is 0 or > 64 || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"))
            return (null, $"{name} is no name of a header field");
        if (value.Length > MostLength)
            return (null, $"header {name}: up to {MostLength} characters are accepted");
        if (!value.StartsWith("regex:", StringComparison.Ordinal))
            return (new HeaderCondition(name, value, null), "");

        try
        {
            var regex = new Regex(value["regex:".Length..], RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, RegexLimit);
            _ = regex.IsMatch("0"); // made ready here, and not in the first call
            return (new HeaderCondition(name, value, regex), "");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            return (null, $"header {name}: no regular expression that is accepted: {e.Message}");
        }
    }

    public bool Fits(in RuleSubject subject)
    {
        if (subject.Headers?.Invoke(Name) is not { Count: > 0 } values)
            return false;
        if (_value.Length == 0)
            return true;

        foreach (var value in values)
        {
            if (_regex is null ? value == _value : IsMatch(value))
                return true;
        }

        return false;
    }

    private bool IsMatch(string value)
    {
        try
        {
            return _regex!.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
