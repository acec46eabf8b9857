using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Streams;

/// <summary>Which events of a stream a client wants: all that every given part takes.</summary>
public sealed record StreamFilter(IReadOnlyList<string> Types, string CallId, string Extension)
{
    private const int MostTypes = 50;
    private const int LongestId = 64;

    /// <summary>True when a client wants the event.</summary>
    public bool Takes(StreamEvent e)
    {
        if (CallId.Length > 0 && e.CallId != CallId)
            return false;
        if (Extension.Length > 0 && !e.Concerns(Extension))
            return false;
        if (Types.Count == 0)
            return true;

        foreach (var pattern in Types)
        {
            if (PublicEventTypes.Matches(pattern, e.Type))
                return true;
        }

        return false;
    }

    /// <summary>Reads what a client asks for; null with the parameter that cannot be used.</summary>
    public static StreamFilter? Read(string? types, string? call, string? extension, out FieldProblem? problem)
    {
        problem = null;
        var patterns = (types ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (patterns.Length > MostTypes || !patterns.All(PublicEventTypes.IsPattern))
            problem = new FieldProblem("types", $"at most {MostTypes} names of events, groups like call.*, or *, with commas between");
        else if (call is { Length: > LongestId })
            problem = new FieldProblem("call", "the id of a call");
        else if (extension is { Length: > LongestId })
            problem = new FieldProblem("extension", "a number");
        return problem is null ? new StreamFilter(patterns, call ?? "", extension ?? "") : null;
    }
}
