using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Routing;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tracing;

/// <summary>Entries of our own: decisions, reports of sound and steps, as JSON.</summary>
public sealed partial class CallTraces
{
    /// <summary>The dial plan has decided where a call goes.</summary>
    public void Decided(CallId id, DialDecision decision, Moment now)
    {
        if (!_byId.TryGetValue(id, out var book))
            return;

        var entry = TraceJson.Begin("dialplan");
        WriteDecision(entry.Json, decision);
        Write(book, TraceKind.Decision, _clock.ToUtc(now), entry);
    }

    private static void WriteDecision(Utf8JsonWriter json, DialDecision decision)
    {
        json.WriteString("decision", decision.GetType().Name);
        switch (decision)
        {
            case DialDecision.Ring ring:
                json.WriteStartArray("contacts");
                foreach (var contact in ring.Contacts)
                    json.WriteStringValue($"{contact.Number} {contact.Flow}");
                json.WriteEndArray();
                break;
            case DialDecision.Trunk trunk:
                json.WriteStartArray("profiles");
                foreach (var route in trunk.Routes)
                    json.WriteStringValue(route.Profile.Name);
                json.WriteEndArray();
                break;
            case DialDecision.Serve serve:
                json.WriteString("service", serve.Service.GetType().Name);
                break;
            case DialDecision.Reject reject:
                json.WriteNumber("status", reject.Status);
                json.WriteString("reason", reject.Reason.ToString());
                json.WriteString("text", reject.Text);
                break;
            default:
                break;
        }
    }

    private void WriteMedia(TraceBook book, CallSnapshot call, CallSide side, DirectionStatistics numbers, DateTimeOffset at)
    {
        MediaReported?.Invoke(call, side, numbers, at);
        var entry = TraceJson.Begin("media");
        var json = entry.Json;
        json.WriteString("from", side.ToString());
        json.WriteString("codec", numbers.Codec);
        json.WriteNumber("packets", numbers.Packets);
        json.WriteNumber("bytes", numbers.Bytes);
        json.WriteNumber("lost", numbers.Lost);
        json.WriteNumber("jitterMs", Math.Round(numbers.JitterMilliseconds, 2));
        Optional(json, "roundTripMs", numbers.RoundTripMilliseconds);
        Optional(json, "mos", numbers.Mos);
        Optional(json, "heardLossPercent", numbers.HeardLossPercent);
        Optional(json, "heardJitterMs", numbers.HeardJitterMilliseconds);
        Optional(json, "heardMos", numbers.HeardMos);
        Write(book, TraceKind.Media, at, entry);
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, Math.Round(number, 2));
    }

    private void Write(TraceBook book, TraceKind kind, DateTimeOffset at, TraceJson entry) =>
        Add(book, kind, at, 0, SipDirection.Received, default, entry.End());
}
