namespace Tandem.Calls.Routing.Rules;

/// <summary>One thing that a rule tries, ready to be done. Immutable.</summary>
internal sealed class RouteAction
{
    private const string NumberMark = "{number}";
    private const string E164Mark = "{e164}";

    private readonly ActionBody _body;
    private readonly Destination? _fixed;

    private RouteAction(ActionBody body, Destination? constant)
    {
        _body = body;
        _fixed = constant;
    }

    public TimeSpan RingTime => TimeSpan.FromSeconds(_body.RingSeconds ?? 0);

    public string? CallerId => _body.CallerId;

    /// <summary>Profiles with their weights, instead of all of the tenant; null for all.</summary>
    public IReadOnlyDictionary<string, int>? Profiles => _body.Profiles;

    public string Text => _body.To;

    /// <summary>The destination when it is the same for every number; null when it depends on what was dialled.</summary>
    public Destination? Constant => _fixed;

    /// <summary>The action, or null and what is wrong with it.</summary>
    public static (RouteAction? Action, string Problem) Read(ActionBody body)
    {
        if (body.RingSeconds is < 1 or > 600)
            return (null, "ringSeconds: 1 to 600 are accepted");
        if (body.Strip is < 0 or > 32)
            return (null, "strip: 0 to 32 are accepted");
        if (body.Prefix.Length > 0 && !DestinationText.IsDialled(body.Prefix))
            return (null, "prefix: digits, *, # and + are accepted");
        if (body.CallerId is { Length: > 0 } caller && !DestinationText.IsDialled(caller))
            return (null, "callerId: a number is accepted, as +442079460000");
        if (body.Profiles is { } profiles && (profiles.Count == 0 || profiles.Any(one => one.Value is < 0 or > 65_535 || one.Key.Length is 0 or > 64)))
            return (null, "profiles: ids of SIP profiles and weights of 0 to 65535 are accepted");

        var action = new RouteAction(body, null);
        if (!Destination.TryParse(action.Fill("100000", "+4420794600"), out var sample, out var problem))
            return (null, $"to: {problem}");
        if (body.Profiles is not null && sample is not Destination.Trunk { Profile: "" })
            return (null, "profiles: only for a trunk: destination that names no profile");

        var isFixed = !body.To.Contains(NumberMark, StringComparison.Ordinal) && !body.To.Contains(E164Mark, StringComparison.Ordinal);
        return (isFixed ? new RouteAction(body, sample) : action, "");
    }

    /// <summary>Where it sends a call for a number; null, and why, when nothing of that number makes a destination.</summary>
    public Destination? For(in RuleSubject subject, out string problem)
    {
        problem = "";
        if (_fixed is not null)
            return _fixed;
        if (_body.To.Contains(E164Mark, StringComparison.Ordinal) && subject.E164.Length == 0)
        {
            problem = "the number is none of E.164";
            return null;
        }

        return Destination.TryParse(Fill(subject.Number, subject.E164), out var destination, out problem) ? destination : null;
    }

    private string Fill(string number, string e164)
    {
        var rest = _body.Strip < number.Length ? number[_body.Strip..] : "";
        return _body.To.Replace(NumberMark, _body.Prefix + rest, StringComparison.Ordinal).Replace(E164Mark, e164, StringComparison.Ordinal);
    }
}
