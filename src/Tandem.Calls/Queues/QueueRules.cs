using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Queues;

/// <summary>Says what is wrong with settings before they are stored. Pure.</summary>
public static class QueueRules
{
    /// <summary>The highest skill, and the lowest tier.</summary>
    public const int MostSkill = 100;

    /// <summary>The longest pause reason.</summary>
    public const int LongestReason = 64;

    private const int LongestName = 40;
    private const int LongestText = 200;
    private const int LongestNumber = 20;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The first field that is not accepted, and what is; null when all are.</summary>
    public static FieldProblem? Check(QueueSettings queue)
    {
        if (!IsName(queue.Name))
            return new("name", "1 to 40 letters, digits, - and _");
        if (queue.Number.Length > LongestNumber || queue.Number.AsSpan().ContainsAnyExcept("0123456789*#"))
            return new("number", "up to 20 digits, * and #, or empty");
        if (!Enum.IsDefined(queue.Strategy))
            return new("strategy", "RING_ALL, LONGEST_IDLE, ROUND_ROBIN, FEWEST_CALLS or SKILL");
        if (queue.Weight is < 0 or > 100)
            return new("weight", "0 to 100");
        if (queue.RingTime < TimeSpan.FromSeconds(3) || queue.RingTime > TimeSpan.FromMinutes(5))
            return new("ringSeconds", "3 to 300");
        if (queue.MissesBeforePause is < 0 or > 100)
            return new("missesBeforePause", "0 to 100");
        if (queue.MaxWaiting is < 1 or > 1_000)
            return new("maxWaiting", "1 to 1000");
        if (queue.AnnounceEvery != TimeSpan.Zero && queue.AnnounceEvery < TimeSpan.FromSeconds(5))
            return new("announceEverySeconds", "0, or 5 to 3600");
        if (queue.CallbackTries is < 1 or > 20)
            return new("callbackTries", "1 to 20");
        if (queue.CallbackPause < TimeSpan.FromSeconds(10))
            return new("callbackPauseSeconds", "10 to 86400");
        if (queue.CallbackRing < TimeSpan.FromSeconds(5) || queue.CallbackRing > TimeSpan.FromMinutes(5))
            return new("callbackRingSeconds", "5 to 300");
        foreach (var pattern in queue.CallbackTo.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!NumberPattern.TryParse(pattern, out _, out var problem))
                return new("callbackTo", problem);
        }

        if (queue.AssumedCall < TimeSpan.FromSeconds(1))
            return new("assumedCallSeconds", "1 to 86400");

        return Span(queue.WrapUp, Hour, "wrapUpSeconds") ?? Span(queue.NoAnswerPenalty, Hour, "noAnswerPenaltySeconds")
            ?? Span(queue.RejectPenalty, Hour, "rejectPenaltySeconds") ?? Span(queue.MaxWait, Day, "maxWaitSeconds") ?? Span(queue.AnnounceEvery, Hour, "announceEverySeconds")
            ?? Span(queue.ServiceLevelTime, Hour, "serviceLevelSeconds") ?? Span(queue.AssumedCall, Day, "assumedCallSeconds")
            ?? Span(queue.CallbackPause, Day, "callbackPauseSeconds") ?? Span(queue.CallbackExpiry, 7 * Day, "callbackExpirySeconds") ?? Text(queue.CallbackTo, "callbackTo")
            ?? Key(queue.CallbackKey, "callbackKey") ?? Key(queue.ExitKey, "exitKey")
            ?? (queue.CallbackKey.Length > 0 && queue.CallbackKey == queue.ExitKey ? new FieldProblem("exitKey", "another key than callbackKey") : null)
            ?? Text(queue.Description, "description") ?? Text(queue.Overflow, "overflow") ?? Text(queue.Greeting, "greeting") ?? Text(queue.Music, "music");
    }

    /// <summary>The same for a member.</summary>
    public static FieldProblem? Check(QueueMember member)
    {
        if (member.Number.Length is 0 or > LongestNumber || member.Number.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return new("number", "the digits of an extension");
        if (member.Skill is < 0 or > MostSkill)
            return new("skill", "0 to 100");
        return member.Tier is < 1 or > MostSkill ? new FieldProblem("tier", "1 to 100") : null;
    }

    /// <summary>True for what may name a queue.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > LongestName)
            return false;

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        return true;
    }

    private static FieldProblem? Span(TimeSpan span, TimeSpan most, string field) =>
        span < TimeSpan.Zero || span > most ? new FieldProblem(field, $"0 to {most.TotalSeconds:0}") : null;

    private static FieldProblem? Key(string key, string field) =>
        key.Length == 0 || (key.Length == 1 && "0123456789*#".Contains(key[0])) ? null : new FieldProblem(field, "one of 0 to 9, * and #, or empty");

    private static FieldProblem? Text(string text, string field) => text.Length <= LongestText ? null : new FieldProblem(field, "at most 200 characters");
}
