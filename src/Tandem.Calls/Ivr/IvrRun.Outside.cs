using System.Text.Json;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Ivr;

/// <summary>What goes beyond the flow: web services and other destinations.</summary>
public sealed partial class IvrRun
{
    private const int MaxAnswerDepth = 16;
    private int _asked;

    private async ValueTask<Outcome> AskWebAsync(IvrStep.Http http)
    {
        var timeout = http.Timeout < options.MaxWebTimeout ? http.Timeout : options.MaxWebTimeout;
        var id = $"ivr_{(person.CallId.Length > 0 ? person.CallId : "try")}_{++_asked}";
        var request = new IvrWebRequest(default, id, IvrText.Fill(http.Url, Escaped()), http.IsPost ? Body(http) : null, timeout);
        var answer = await person.AskAsync(request, http.Meanwhile?.Fill(Variables));
        Variables.Set("http_status", answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (answer.Problem.Length > 0)
            return Outcome.Fail(answer.Problem, http.OnError);
        if (answer.Status is < 200 or >= 300)
            return Outcome.Fail($"status {answer.Status}", http.OnError);
        if (answer.Body.IsEmpty)
            return new Outcome(http.Next);

        try
        {
            using var json = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = MaxAnswerDepth });
            return Take(http, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Outcome.Fail("the answer is no JSON", http.OnError); // or a text in it no Unicode
        }
    }

    // What a caller typed is text in an address, and nothing else.
    private IvrVariables Escaped()
    {
        var escaped = new IvrVariables();
        foreach (var (name, value) in Variables.All)
            escaped.Set(name, Uri.EscapeDataString(value));
        return escaped;
    }

    private byte[] Body(IvrStep.Http http)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("call", person.CallId);
            json.WriteString("caller", person.Caller);
            json.WriteString("called", person.Called);
            json.WriteString("step", http.Id);
            json.WriteStartObject("variables");
            foreach (var (name, value) in Variables.All)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // { "next": "step", "variables": { "name": "value" } }, and what the step saves of it.
    private Outcome Take(IvrStep.Http http, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
            return Outcome.Fail("the answer is no JSON object", http.OnError);

        if (answer.TryGetProperty("variables", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var one in given.EnumerateObject())
                Variables.Set(one.Name, TextOf(one.Value));
        }

        foreach (var (name, path) in http.Save)
            Variables.Set(name, Find(answer, path) is { } found ? TextOf(found) : "");
        if (!answer.TryGetProperty("next", out var next) || next.ValueKind != JsonValueKind.String)
            return new Outcome(http.Next);

        var step = next.GetString()!;
        return http.MayLeadTo.Contains(step, StringComparer.Ordinal)
            ? new Outcome(step) { Detail = "the answer said so" }
            : Outcome.Fail($"the answer leads to '{step[..Math.Min(step.Length, 64)]}', which mayLeadTo does not name", http.OnError);
    }

    private static JsonElement? Find(JsonElement at, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < at.GetArrayLength())
                at = at[index];
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }

        return at;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };

    private async ValueTask<Outcome> TransferAsync(IvrStep.Transfer step)
    {
        var text = IvrText.Fill(step.To, Variables);
        var isMade = IvrText.HasVariables(step.To);
        if (!Destination.TryParse(text, out var to, out var problem))
            return Outcome.Fail(problem, step.OnFailed);

        // A caller who types a destination reaches people, and neither the codes of phones nor, at the tenant's cost, the world.
        if (isMade && !step.AllowOutside && to is (Destination.Trunk or Destination.External or Destination.Webhook))
            return Outcome.Fail("it leads outside, which allowOutside does not allow", step.OnFailed);
        if (isMade && to is Destination.Number number && number.Digits.AsSpan().ContainsAnyExceptInRange('0', '9') && !(step.AllowOutside && number.Digits[0] == '+'))
            return Outcome.Fail("it is no number of a person", step.OnFailed);

        var end = await person.TransferAsync(new IvrTransfer(to, step.Timeout, step.Meanwhile?.Fill(Variables), !isMade || step.AllowOutside));
        var outcome = end switch
        {
            IvrTransferEnd.Done => new Outcome(null) { IsOver = true },
            IvrTransferEnd.Busy => Failed(step.OnBusy ?? step.OnFailed, "busy"),
            IvrTransferEnd.NoAnswer => Failed(step.OnNoAnswer ?? step.OnFailed, "no answer"),
            _ => Failed(step.OnFailed, "failed"),
        };
        Variables.Set("outcome", end.ToString().ToLowerInvariant());
        return outcome with { Input = isMade ? text : "" };

        static Outcome Failed(string? next, string why) => Outcome.Fail(why, next);
    }
}
