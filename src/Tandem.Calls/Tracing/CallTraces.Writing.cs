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

        Write(book, TraceKind.Decision, "dialplan", _clock.ToUtc(now), json =>
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
        });
    }

    private void WriteMedia(TraceBook book, CallSnapshot call, CallSide side, DirectionStatistics numbers, DateTimeOffset at)
    {
        MediaReported?.Invoke(call, side, numbers, at);
        Write(book, TraceKind.Media, "media", at, json =>
        {
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
        });
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, Math.Round(number, 2));
    }

    private void Write(TraceBook book, TraceKind kind, string name, DateTimeOffset at, Action<Utf8JsonWriter> more)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            more(json);
            json.WriteEndObject();
        }

        Add(book, kind, at, 0, SipDirection.Received, default, stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
