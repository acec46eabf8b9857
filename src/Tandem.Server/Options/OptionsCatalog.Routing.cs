namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Routing = "Routing and feature codes";

    private static void AddRouting(List<Setting> list)
    {
        list.Add(Routing, "MONITOR_CODE", o => o.Routing.Codes.Monitor, DialString, "Dialled before the number of an agent: a supervisor of the tenant hears his calls (monitoring.md); empty for nobody.", main: true);
        list.Add(Routing, "RECORD_CODE", o => o.Routing.Codes.RecordCall, DialString, "Pressed in a call: begins its recording, or ends it (recording.md); empty for no such key.");
        list.Add(Routing, "RECORD_PAUSE_CODE", o => o.Routing.Codes.PauseRecording, DialString, "Pressed in a call that is recorded: pauses that while a card number is said, or goes on; empty for no such key.");
        list.Add(Routing, "ROUTE_STEP_RING", o => o.Routing.StepRingTime, Seconds(1, 600), "How long a step of a plan rings for which nothing else is said, when there is another one behind it: four or five rings.", main: true);
        list.Add(Routing, "ROUTE_MAX_RINGING", o => o.Routing.MaxRinging, Seconds(5, 3_600), "How long all steps of a call together may ring: what proxies on the way wait (RFC 3261 §16.6, timer C).");
        list.Add(Routing, "ROUTE_MAX_STEPS", o => o.Routing.MaxSteps, Count(1, 1_000, "steps"), "Steps that one call tries: more phones one after the other nobody waits for.");
        list.Add(Routing, "ROUTE_WEBHOOK_TIMEOUT", o => o.Routing.WebhookTimeout, Milliseconds(100, 30_000), "How long a webhook may take that is asked where a call goes: the caller hears nothing meanwhile.");
        list.Add(Routing, "ROUTE_PROGRAM_WAIT", o => o.Routing.ProgramWait, Seconds(1, 600), "How long a call at api:NAME waits for a command of a program before the next step is tried; each command begins it anew.");
        list.Add(Routing, "ROUTE_MAX_FORWARDS", o => o.Routing.MaxForwards, Count(1, 10, "forwards"), "How often a call is sent on; what goes further goes in a circle. Diversion and History-Info keep ten.");
        list.Add(Routing, "FORWARD_ON_CODE", o => o.Routing.Codes.ForwardOn, DialString, "Dialled before a number: all calls of the extension go there; empty for none.");
        list.Add(Routing, "FORWARD_OFF_CODE", o => o.Routing.Codes.ForwardOff, DialString, "They do no longer; empty for none.");
        list.Add(Routing, "DND_ON_CODE", o => o.Routing.Codes.DoNotDisturbOn, DialString, "The extension is busy to all; empty for none.");
        list.Add(Routing, "DND_OFF_CODE", o => o.Routing.Codes.DoNotDisturbOff, DialString, "It rings again; empty for none.");
        list.Add(Routing, "REDIAL_CODE", o => o.Routing.Codes.Redial, DialString, "Dials again what the extension dialled last; empty for none.");
        list.Add(Routing, "LAST_CALLER_CODE", o => o.Routing.Codes.LastCaller, DialString, "Calls back who called the extension last; empty for none.");
        list.Add(Routing, "INTERCOM_CODE", o => o.Routing.Codes.Intercom, DialString, "Dialled before an extension whose phone answers by itself (RFC 5373); empty for none.");
    }
}
