using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;

namespace Tandem.Storage.Queues;

/// <summary>The settings of a queue as JSON, in the API, in files and in the database. A member that is left out has its default; times are seconds.</summary>
/// <remarks>The members can be set: what reads the JSON of rows would give those of <c>init</c> no default.</remarks>
public sealed record QueueBody
{
    private static readonly QueueSettings Defaults = new() { Name = "" };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string? Name { get; set; }

    public string? Number { get; set; } = Defaults.Number;

    public string? Description { get; set; } = Defaults.Description;

    /// <summary>RING_ALL, LONGEST_IDLE, ROUND_ROBIN, FEWEST_CALLS or SKILL.</summary>
    public string? Strategy { get; set; } = WordOf(Defaults.Strategy);

    public int Weight { get; set; } = Defaults.Weight;

    public int RingSeconds { get; set; } = (int)Defaults.RingTime.TotalSeconds;

    public int WrapUpSeconds { get; set; } = (int)Defaults.WrapUp.TotalSeconds;

    public int NoAnswerPenaltySeconds { get; set; } = (int)Defaults.NoAnswerPenalty.TotalSeconds;

    public int RejectPenaltySeconds { get; set; } = (int)Defaults.RejectPenalty.TotalSeconds;

    public int MissesBeforePause { get; set; } = Defaults.MissesBeforePause;

    public int MaxWaiting { get; set; } = Defaults.MaxWaiting;

    public int MaxWaitSeconds { get; set; } = (int)Defaults.MaxWait.TotalSeconds;

    public bool JoinWithoutAgents { get; set; } = Defaults.JoinWithoutAgents;

    public string? Overflow { get; set; } = Defaults.Overflow;

    public string? Greeting { get; set; } = Defaults.Greeting;

    public string? Music { get; set; } = Defaults.Music;

    public int AnnounceEverySeconds { get; set; } = (int)Defaults.AnnounceEvery.TotalSeconds;

    public bool AnnounceWait { get; set; } = Defaults.AnnounceWait;

    public string? CallbackKey { get; set; } = Defaults.CallbackKey;

    public string? CallbackTo { get; set; } = Defaults.CallbackTo;

    public int CallbackTries { get; set; } = Defaults.CallbackTries;

    public int CallbackPauseSeconds { get; set; } = (int)Defaults.CallbackPause.TotalSeconds;

    public int CallbackRingSeconds { get; set; } = (int)Defaults.CallbackRing.TotalSeconds;

    public int CallbackExpirySeconds { get; set; } = (int)Defaults.CallbackExpiry.TotalSeconds;

    public string? ExitKey { get; set; } = Defaults.ExitKey;

    public int ServiceLevelSeconds { get; set; } = (int)Defaults.ServiceLevelTime.TotalSeconds;

    public int AssumedCallSeconds { get; set; } = (int)Defaults.AssumedCall.TotalSeconds;

    public static QueueBody From(QueueSettings queue) => new()
    {
        Name = queue.Name,
        Number = queue.Number,
        Description = queue.Description,
        Strategy = WordOf(queue.Strategy),
        Weight = queue.Weight,
        RingSeconds = (int)queue.RingTime.TotalSeconds,
        WrapUpSeconds = (int)queue.WrapUp.TotalSeconds,
        NoAnswerPenaltySeconds = (int)queue.NoAnswerPenalty.TotalSeconds,
        RejectPenaltySeconds = (int)queue.RejectPenalty.TotalSeconds,
        MissesBeforePause = queue.MissesBeforePause,
        MaxWaiting = queue.MaxWaiting,
        MaxWaitSeconds = (int)queue.MaxWait.TotalSeconds,
        JoinWithoutAgents = queue.JoinWithoutAgents,
        Overflow = queue.Overflow,
        Greeting = queue.Greeting,
        Music = queue.Music,
        AnnounceEverySeconds = (int)queue.AnnounceEvery.TotalSeconds,
        AnnounceWait = queue.AnnounceWait,
        CallbackKey = queue.CallbackKey,
        CallbackTo = queue.CallbackTo,
        CallbackTries = queue.CallbackTries,
        CallbackPauseSeconds = (int)queue.CallbackPause.TotalSeconds,
        CallbackRingSeconds = (int)queue.CallbackRing.TotalSeconds,
        CallbackExpirySeconds = (int)queue.CallbackExpiry.TotalSeconds,
        ExitKey = queue.ExitKey,
        ServiceLevelSeconds = (int)queue.ServiceLevelTime.TotalSeconds,
        AssumedCallSeconds = (int)queue.AssumedCall.TotalSeconds,
    };

    /// <summary>The settings, or the field that is not accepted.</summary>
    /// <param name="name">The name of the queue where the body has none.</param>
    public (QueueSettings? Settings, FieldProblem? Problem) Read(string? name = null)
    {
        var settings = new QueueSettings
        {
            Name = Name is { Length: > 0 } own ? own : name ?? "",
            Number = Number ?? "",
            Description = Description ?? "",
            Strategy = StrategyOf(Strategy) ?? (QueueStrategy)(-1),
            Weight = Weight,
            RingTime = TimeSpan.FromSeconds(RingSeconds),
            WrapUp = TimeSpan.FromSeconds(WrapUpSeconds),
            NoAnswerPenalty = TimeSpan.FromSeconds(NoAnswerPenaltySeconds),
            RejectPenalty = TimeSpan.FromSeconds(RejectPenaltySeconds),
            MissesBeforePause = MissesBeforePause,
            MaxWaiting = MaxWaiting,
            MaxWait = TimeSpan.FromSeconds(MaxWaitSeconds),
            JoinWithoutAgents = JoinWithoutAgents,
            Overflow = Overflow ?? "",
            Greeting = Greeting ?? "",
            Music = Music ?? "",
            AnnounceEvery = TimeSpan.FromSeconds(AnnounceEverySeconds),
            AnnounceWait = AnnounceWait,
            CallbackKey = CallbackKey ?? "",
            CallbackTo = CallbackTo ?? "",
            CallbackTries = CallbackTries,
            CallbackPause = TimeSpan.FromSeconds(CallbackPauseSeconds),
            CallbackRing = TimeSpan.FromSeconds(CallbackRingSeconds),
            CallbackExpiry = TimeSpan.FromSeconds(CallbackExpirySeconds),
            ExitKey = ExitKey ?? "",
            ServiceLevelTime = TimeSpan.FromSeconds(ServiceLevelSeconds),
            AssumedCall = TimeSpan.FromSeconds(AssumedCallSeconds),
        };
        return QueueRules.Check(settings) is { } problem ? (null, problem) : (settings, null);
    }

    /// <summary>The body as it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>What <see cref="ToJson"/> wrote; null when a later version wrote what this one does not understand.</summary>
    public static QueueSettings? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<QueueBody>(json, Json)?.Read().Settings;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string WordOf(QueueStrategy strategy) => strategy switch
    {
        QueueStrategy.RingAll => "RING_ALL",
        QueueStrategy.RoundRobin => "ROUND_ROBIN",
        QueueStrategy.FewestCalls => "FEWEST_CALLS",
        QueueStrategy.Skill => "SKILL",
        _ => "LONGEST_IDLE",
    };

    private static QueueStrategy? StrategyOf(string? word)
    {
        foreach (var strategy in Enum.GetValues<QueueStrategy>())
        {
            if (string.Equals(WordOf(strategy), word, StringComparison.OrdinalIgnoreCase))
                return strategy;
        }

        return null;
    }
}
