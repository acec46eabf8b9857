using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Server.Otlp;
using Tandem.Storage;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>
/// Asks a webhook where a call goes: a POST that is signed with the secret of the tenant's webhook of the same origin, answered with JSON. The same guard as for
/// events stands before it: private addresses only where an option allows them, no redirect, a bounded answer, one limit of time.
/// </summary>
public sealed class RouteWebhookClient(WebhookSender sender, RoutingOptions options, TandemStorage storage, TimeProvider time) : IRouteWebhooks
{
    private const int MostBytes = 16 << 10;
    private const int MostActions = 8;

    /// <summary>Hears of each question, what was wrong with its answer (empty for nothing) and when it was put; it must not throw. Set when there is somebody.</summary>
    public Action<RouteQuestion, string, DateTimeOffset>? Asked { get; set; }

    /// <inheritdoc/>
    public async Task<RouteAnswer> AskAsync(string url, RouteQuestion question)
    {
        try
        {
            if (await FindAsync(url, question) is not { } webhook)
                return new RouteAnswer([], "the tenant has no enabled webhook of this origin whose secret could sign the question");

            var body = JsonSerializer.Serialize(RouteQuestionJson.Of(question), RouteWebhookJson.Default.RouteQuestionJson);
            var began = time.GetUtcNow();
            var parent = question.TraceId.Length == 32 ? CallOfDelivery.Parent(question.TraceId, CallSpans.QuestionId(question)) : null;
            var (answer, problem) = await sender.AskAsync(webhook, url, $"route-{question.Call.Value}", body, MostBytes, options.WebhookTimeout, parent);
            var read = answer is null ? new RouteAnswer([], problem) : Read(answer);
            Asked?.Invoke(question, read.Problem, began);
            return read;
        }
        catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
        {
            return new RouteAnswer([], e.Message);
        }
    }

    private async Task<Webhook?> FindAsync(string url, RouteQuestion question)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var asked))
            return null;

        foreach (var webhook in await storage.Webhooks.ListAsync(question.Tenant))
        {
            if (webhook is { Enabled: true, Secret: not null } && Uri.TryCreate(webhook.Url, UriKind.Absolute, out var known)
                && Uri.Compare(asked, known, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0)
                return webhook;
        }

        return null;
    }

    private static RouteAnswer Read(string json)
    {
        RouteAnswerJson? answer;
        try
        {
            answer = JsonSerializer.Deserialize(json, RouteWebhookJson.Default.RouteAnswerJson);
        }
        catch (JsonException e)
        {
            return new RouteAnswer([], e.Message);
        }

        var steps = new List<(string, int)>();
        foreach (var action in answer?.Actions ?? [])
        {
            if (steps.Count == MostActions)
                break;
            if (!Destination.TryParse(action?.To, out var to, out var problem))
                return new RouteAnswer([], $"actions[{steps.Count}].to: {problem}");

            steps.Add((to.ToString(), Math.Clamp(action!.RingSeconds, 0, 600)));
        }

        return steps.Count > 0 ? new RouteAnswer(steps) : new RouteAnswer([], "the answer has no actions");
    }
}

/// <summary>What a webhook is asked.</summary>
internal sealed record RouteQuestionJson(string Type, string Call, string Tenant, string From, string To, string Direction, string Profile, DateTimeOffset At)
{
    public static RouteQuestionJson Of(RouteQuestion question) => new(
        "route", question.Call.Value, question.Tenant.Value, question.Caller, question.Called, question.Direction.ToLowerInvariant(), question.Profile, question.At);
}

/// <summary>What it may answer: <c>{"actions":[{"to":"extension:100","ringSeconds":20}]}</c>.</summary>
internal sealed record RouteAnswerJson(IReadOnlyList<RouteActionJson?>? Actions);

internal sealed record RouteActionJson(string? To, int RingSeconds = 0);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RouteQuestionJson))]
[JsonSerializable(typeof(RouteAnswerJson))]
internal sealed partial class RouteWebhookJson : JsonSerializerContext;
