using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest.Commands;

/// <summary>
/// Calls that programs want: <c>POST /api/v1/calls</c> with <c>from</c> or <c>to</c>. The path is document 3's too, whose bodies have <c>phoneNumber</c> instead.
/// </summary>
internal static class OriginateResource
{
    private const double LongestSeconds = 300;

    /// <summary>The body, when it is for us; null when it is document 3's, or no object. It can be read again then.</summary>
    public static async Task<OriginateBody?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            return null;

        context.Request.EnableBuffering();
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 16 }, context.RequestAborted);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !(json.RootElement.TryGetProperty("from", out _) || json.RootElement.TryGetProperty("to", out _)))
                return null;

            return json.RootElement.Deserialize<OriginateBody>(context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions) ?? new OriginateBody();
        }
        catch (JsonException)
        {
            return null; // who reads it next says what is wrong
        }
        finally
        {
            context.Request.Body.Position = 0;
        }
    }

    /// <summary>Begins the call.</summary>
    public static async Task<IResult> BeginAsync(Identity who, IExchangeView exchange, AuditLog audit, OriginateBody body)
    {
        var order = Make(body, out var problem);
        if (order is null)
            return ApiAnswer.Invalid(problem!);

        var reply = await exchange.OriginateAsync(who.Tenant, order);
        if (reply.Result != CommandResult.Begun || reply.Call is not { } call)
            return ApiAnswer.Fail(503, "REFUSED", reply.Text);

        audit.Write(who, "call.originate", call.Id.Value, $"{order.From} to {order.To}");
        return ApiAnswer.Made($"/api/v1/calls/{call.Id}", new OriginatedCall(call.Id.Value, reply.CommandId, CallText.State(call.State), call.CallerNumber, call.CalleeNumber));
    }

    private static OriginationOrder? Make(OriginateBody body, out FieldProblem? problem)
    {
        problem = null;
        if (!Destination.TryParse(body.From, out var from, out var wrong))
            problem = new FieldProblem("from", wrong);
        else if (!Destination.TryParse(body.To, out var to, out wrong))
            problem = new FieldProblem("to", wrong);
        else if (body.RingSeconds is < 1 or > LongestSeconds)
            problem = new FieldProblem("ringSeconds", $"1 to {LongestSeconds}");
        else if (body.ConnectSeconds is < 1 or > LongestSeconds)
            problem = new FieldProblem("connectSeconds", $"1 to {LongestSeconds}");
        else if (body.Variables is { } given && (given.Count > OriginationOrder.MostVariables || given.Any(v => v.Key.Length is 0 or > OriginationOrder.LongestName || v.Value is not { Length: <= OriginationOrder.LongestValue })))
            problem = new FieldProblem("variables", $"at most {OriginationOrder.MostVariables} texts, names up to {OriginationOrder.LongestName} and values up to {OriginationOrder.LongestValue} characters");
        else if (body.Profile is { Length: > 0 } profile && (to is not Destination.Number number || !Destination.TryParse($"trunk:{number.Digits}@{profile}", out to, out _)))
            problem = new FieldProblem("profile", "the id of a profile, for a to that is a number outside");
        else
            return new OriginationOrder
            {
                From = from,
                To = to,
                FromNumber = from.AsNumber(),
                ToNumber = to.AsNumber(),
                RingTimeout = TimeSpan.FromSeconds(body.RingSeconds ?? 30),
                ConnectTimeout = TimeSpan.FromSeconds(body.ConnectSeconds ?? 60),
                Variables = body.Variables ?? [],
            };

        return null;
    }
}
