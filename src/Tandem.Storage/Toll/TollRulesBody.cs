using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Security.Toll;

namespace Tandem.Storage.Toll;

/// <summary>
/// A rule set as JSON, in the API and in the database. A member that is left out has its default; <c>maxSpendPerDay</c> and
/// <c>longestCallSeconds</c> may be null for no end, <c>hours</c> for never closed.
/// </summary>
/// <remarks>The members can be set: what reads the JSON of rows would give those of <c>init</c> no default.</remarks>
public sealed record TollRulesBody
{
    public IReadOnlyList<string>? Allowed { get; set; } = TollRules.Default.Allowed;

    public IReadOnlyList<string>? Closed { get; set; } = TollRules.Default.Closed;

    public IReadOnlyList<string>? OpenPremium { get; set; } = TollRules.Default.OpenPremium;

    public IReadOnlyList<string>? AlwaysAllowed { get; set; } = TollRules.Default.AlwaysAllowed;

    public int MaxConcurrent { get; set; } = TollRules.Default.MaxConcurrent;

    public int MaxPerMinute { get; set; } = TollRules.Default.MaxPerMinute;

    public int MaxRefusedPerMinute { get; set; } = TollRules.Default.MaxRefusedPerMinute;

    public long BlockForSeconds { get; set; } = (long)TollRules.Default.BlockFor.TotalSeconds;

    public decimal? MaxSpendPerDay { get; set; } = TollRules.Default.MaxSpendPerDay;

    public long? LongestCallSeconds { get; set; } = (long?)TollRules.Default.LongestCall?.TotalSeconds;

    public HoursBody? Hours { get; set; }

    public string? TimeZone { get; set; } = TollRules.Default.TimeZone;

    public static TollRulesBody From(TollRules rules) => new()
    {
        Allowed = rules.Allowed,
        Closed = rules.Closed,
        OpenPremium = rules.OpenPremium,
        AlwaysAllowed = rules.AlwaysAllowed,
        MaxConcurrent = rules.MaxConcurrent,
        MaxPerMinute = rules.MaxPerMinute,
        MaxRefusedPerMinute = rules.MaxRefusedPerMinute,
        BlockForSeconds = (long)rules.BlockFor.TotalSeconds,
        MaxSpendPerDay = rules.MaxSpendPerDay,
        LongestCallSeconds = (long?)rules.LongestCall?.TotalSeconds,
        Hours = rules.Hours is { } hours ? HoursBody.Of(hours) : null,
        TimeZone = rules.TimeZone,
    };

    /// <summary>The rules, or what is wrong: names the member and what is accepted.</summary>
    public (TollRules? Rules, string Problem) Read()
    {
        ClosedHours? hours = null;
        if (Hours is { } body && (hours = body.Read()) is null)
            return (null, "hours: accepted are from and to as 19:00, closedDays as Saturday, and allowed");
        if (BlockForSeconds is < 0 or > int.MaxValue || LongestCallSeconds is < 0 or > int.MaxValue)
            return (null, $"blockForSeconds and longestCallSeconds: accepted are 0 to {int.MaxValue}");

        var rules = new TollRules
        {
            Allowed = Entries(Allowed),
            Closed = Entries(Closed),
            OpenPremium = Entries(OpenPremium),
            AlwaysAllowed = Entries(AlwaysAllowed),
            MaxConcurrent = MaxConcurrent,
            MaxPerMinute = MaxPerMinute,
            MaxRefusedPerMinute = MaxRefusedPerMinute,
            BlockFor = TimeSpan.FromSeconds(BlockForSeconds),
            MaxSpendPerDay = MaxSpendPerDay,
            LongestCall = LongestCallSeconds is { } longest ? TimeSpan.FromSeconds(longest) : null,
            Hours = hours,
            TimeZone = TimeZone ?? "",
        };
        return rules.Problem() is { } problem ? (null, problem) : (rules, "");
    }

    internal string ToJson() => JsonSerializer.Serialize(this, TollJson.Default.TollRulesBody);

    internal static TollRules? Parse(string json) => JsonSerializer.Deserialize(json, TollJson.Default.TollRulesBody)?.Read().Rules;

    private static IReadOnlyList<string> Entries(IReadOnlyList<string>? list) => [.. (list ?? []).Select(entry => entry ?? "")];

    /// <summary>Hours at which the office is closed.</summary>
    public sealed record HoursBody(string? From, string? To, IReadOnlyList<string>? ClosedDays = null, IReadOnlyList<string>? Allowed = null)
    {
        private const string Clock = "HH:mm";

        internal static HoursBody Of(ClosedHours hours) => new(
            hours.From.ToString(Clock, CultureInfo.InvariantCulture), hours.To.ToString(Clock, CultureInfo.InvariantCulture),
            [.. hours.ClosedDays.Select(day => day.ToString())], hours.Allowed);

        internal ClosedHours? Read()
        {
            var days = new List<DayOfWeek>();
            foreach (var name in ClosedDays ?? [])
            {
                if (!Enum.TryParse<DayOfWeek>(name, ignoreCase: true, out var day) || !Enum.IsDefined(day))
                    return null;
                days.Add(day);
            }

            return TimeOnly.TryParseExact(From, Clock, CultureInfo.InvariantCulture, DateTimeStyles.None, out var from)
                && TimeOnly.TryParseExact(To, Clock, CultureInfo.InvariantCulture, DateTimeStyles.None, out var to)
                ? new ClosedHours(from, to, days, Entries(Allowed))
                : null;
        }
    }
}

/// <summary>Rule sets as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TollRulesBody))]
internal sealed partial class TollJson : JsonSerializerContext;
