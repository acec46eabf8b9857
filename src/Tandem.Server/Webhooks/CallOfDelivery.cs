using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>The trace that the delivery of an event belongs to: that of its call.</summary>
internal static class CallOfDelivery
{
    /// <summary>The trace id of the call: 32 hexadecimal digits; null for an event of no call.</summary>
    public static string? TraceId(WebhookDelivery delivery)
    {
        if (delivery.CallId.Length == 0)
            return null;

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(delivery.Body));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2 && reader.ValueTextEquals("traceId"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: 32 } id && id.All(char.IsAsciiHexDigit) ? id : null;
            }
        }
        catch (JsonException)
        {
            // An event of a later or earlier version that is written in another way: it has no trace.
        }

        return null;
    }

    /// <summary>The header <c>traceparent</c> of W3C Trace Context: a receiver that traces goes on in the trace of the call.</summary>
    public static string Parent(string traceId, ulong span) => string.Create(CultureInfo.InvariantCulture, $"00-{traceId.ToLowerInvariant()}-{span:x16}-01");
}
