using System.Text.Json;
using Tandem.Calls.Queues;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Events.Public;

/// <summary>Events of queues and voicemail in public form.</summary>
internal static class PublicDeskEvents
{
    public const string QueueJoined = "queue.joined";
    public const string QueueOffered = "queue.offered";
    public const string QueueAnswered = "queue.answered";
    public const string QueueLeft = "queue.left";
    public const string QueueEnded = "queue.ended";
    public const string QueueCallback = "queue.callback";
    public const string QueueAgent = "queue.agent";
    public const string QueueFigures = "queue.figures";
    public const string VoicemailNew = "voicemail.new";
    public const string VoicemailHeard = "voicemail.heard";
    public const string VoicemailUnheard = "voicemail.unheard";
    public const string VoicemailDeleted = "voicemail.deleted";

    /// <summary>All names.</summary>
    public static readonly string[] All =
    [
        QueueJoined, QueueOffered, QueueAnswered, QueueLeft, QueueEnded, QueueCallback, QueueAgent, QueueFigures, VoicemailNew, VoicemailHeard, VoicemailUnheard, VoicemailDeleted,
    ];

    /// <summary>The name of an event; null when it is none of these.</summary>
    public static string? Of(ExchangeEvent exchangeEvent) => exchangeEvent switch
    {
        QueueCallerEvent { Step.Kind: CallerStep.Joined } => QueueJoined,
        QueueCallerEvent { Step.Kind: CallerStep.Offered } => QueueOffered,
        QueueCallerEvent { Step.Kind: CallerStep.Answered } => QueueAnswered,
        QueueCallerEvent { Step.Kind: CallerStep.Left } => QueueLeft,
        QueueCallerEvent { Step.Kind: CallerStep.Ended } => QueueEnded,
        QueueCallerEvent => QueueCallback,
        QueueAgentEvent => QueueAgent,
        QueueFiguresEvent => QueueFigures,
        VoicemailEvent { Change: VoicemailChange.New } => VoicemailNew,
        VoicemailEvent { Change: VoicemailChange.Heard } => VoicemailHeard,
        VoicemailEvent { Change: VoicemailChange.Unheard } => VoicemailUnheard,
        VoicemailEvent => VoicemailDeleted,
        _ => null,
    };

    /// <summary>The call that an event belongs to; empty for none.</summary>
    public static string CallOf(ExchangeEvent exchangeEvent) => exchangeEvent switch
    {
        QueueCallerEvent caller => caller.Step.Call.Value,
        VoicemailEvent voicemail => voicemail.Message.CallId,
        _ => "",
    };

    /// <summary>Writes what an event says.</summary>
    public static void Write(Utf8JsonWriter json, ExchangeEvent exchangeEvent)
    {
        switch (exchangeEvent)
        {
            case QueueCallerEvent caller:
                Write(json, caller.Step);
                break;
            case QueueAgentEvent agent:
                Write(json, agent.Agent);
                break;
            case QueueFiguresEvent figures:
                Write(json, figures.Figures);
                break;
            case VoicemailEvent voicemail:
                Write(json, voicemail.Message);
                break;
            default:
                break; // its type says all
        }
    }

    private static void Write(Utf8JsonWriter json, QueueNotice.Caller step)
    {
        json.WriteString("queue"u8, step.Queue);
        json.WriteString("caller"u8, PublicEvents.Cut(step.Number));
        json.WriteStartArray("agents"u8);
        foreach (var agent in step.Agents)
            json.WriteStringValue(agent);
        json.WriteEndArray();
        json.WriteNumber("waitedSeconds"u8, Seconds(step.Waited));
        json.WriteNumber("waiting"u8, step.Waiting);
        if (step.Kind > CallerStep.Ended)
            json.WriteString("step"u8, PublicEvents.Word(step.Kind)["CALLBACK_".Length..]);
        if (step.Reason is { } reason)
            json.WriteString("reason"u8, PublicEvents.Word(reason));
    }

    private static void Write(Utf8JsonWriter json, AgentSnapshot agent)
    {
        json.WriteString("agent"u8, agent.Number);
        json.WriteString("state"u8, PublicEvents.Word(agent.State));
        json.WriteBoolean("loggedIn"u8, agent.Login is not null);
        PublicEvents.WriteText(json, "pauseReason"u8, agent.PauseReason);
        PublicEvents.WriteText(json, "queue"u8, agent.Queue);
        json.WriteNumber("calls"u8, agent.Calls);
        json.WriteNumber("missed"u8, agent.Missed);
    }

    private static void Write(Utf8JsonWriter json, QueueFigures figures)
    {
        json.WriteString("queue"u8, figures.Queue);
        json.WriteNumber("waiting"u8, figures.Waiting);
        json.WriteNumber("longestWaitSeconds"u8, Seconds(figures.Longest));
        if (figures.Estimate is { } estimate)
            json.WriteNumber("estimateSeconds"u8, Seconds(estimate));
        else
            json.WriteNull("estimateSeconds"u8);
        json.WriteNumber("loggedIn"u8, figures.LoggedIn);
        json.WriteNumber("paused"u8, figures.Paused);
        json.WriteNumber("free"u8, figures.Free);
        json.WriteNumber("ringing"u8, figures.Ringing);
        json.WriteNumber("talking"u8, figures.Talking);
        json.WriteNumber("wrapUp"u8, figures.WrapUp);
        json.WriteNumber("joined"u8, figures.Joined);
        json.WriteNumber("answered"u8, figures.Answered);
        json.WriteNumber("abandoned"u8, figures.Abandoned);
        json.WriteNumber("overflowed"u8, figures.Overflowed);
        if (figures.ServiceLevel is { } level)
            json.WriteNumber("serviceLevel"u8, Math.Round(level, 4));
        else
            json.WriteNull("serviceLevel"u8);
    }

    private static void Write(Utf8JsonWriter json, VoiceMessage message)
    {
        json.WriteString("messageId"u8, message.Id);
        json.WriteString("mailbox"u8, message.Number);
        json.WriteString("caller"u8, PublicEvents.Cut(message.Caller));
        json.WriteNumber("durationSeconds"u8, Seconds(message.Duration));
        json.WriteBoolean("heard"u8, message.IsHeard);
        json.WriteString("audio"u8, $"/api/v1/mailboxes/{message.Number}/messages/{message.Id}/audio");
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
