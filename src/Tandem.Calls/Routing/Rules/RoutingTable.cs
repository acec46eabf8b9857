using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing.Rules;

/// <summary>The configuration of a tenant, ready to be asked by calls. Immutable: a change makes another one, and calls keep theirs.</summary>
public sealed class RoutingTable
{
    private readonly Dictionary<string, RouteRule[]> _rules;
    private readonly Dictionary<string, RingGroup> _groups;

    internal RoutingTable(RoutingDocument document, IEnumerable<RouteRule> rules, Dictionary<string, RingGroup> groups)
    {
        Document = document;
        _groups = groups;

        // A stable sort: of equal priorities the first one stays the first.
        _rules = rules.GroupBy(rule => rule.Context).ToDictionary(group => group.Key, group => group.OrderBy(rule => rule.Priority).ToArray(), StringComparer.Ordinal);
        Numbering = document.Numbering is { } body ? new NumberPlan(body.CountryCode, body.NationalPrefix, body.InternationalPrefix) : null;
    }

    /// <summary>What it was made from.</summary>
    public RoutingDocument Document { get; }

    /// <summary>How people of the tenant write numbers; null for no word of it.</summary>
    public NumberPlan? Numbering { get; }

    /// <summary>The rules of a context, in the order in which they are asked.</summary>
    internal IReadOnlyList<RouteRule> RulesOf(string context) => _rules.GetValueOrDefault(context, []);

    internal IEnumerable<string> Contexts => _rules.Keys;

    internal RingGroup? FindGroup(string name) => _groups.GetValueOrDefault(name);

    internal IEnumerable<RingGroup> Groups => _groups.Values;

    /// <summary>A number in E.164; empty when it is none or nobody said how numbers are written.</summary>
    public string Normalize(string number) => Numbering is { } plan && plan.TryReadDialled(number, out var read) && !read.IsShort ? read.E164 : NumberPlan.IsE164(number) ? number : "";
}
