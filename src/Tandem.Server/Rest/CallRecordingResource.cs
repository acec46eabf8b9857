using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>The recording of a call in progress: <c>/api/v1/calls/{id}/recording</c>.</summary>
public static class CallRecordingResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/calls/{id}/recording", ChangeAsync).Needs(Permission.CallsControl)
            .Produces<Failure>(400).Produces<Failure>(404).Produces<RecordingConflict>(409).Produces<Failure>(503)
            .WithSummary("Starts, stops, pauses, resumes, masks or unmasks the recording of a call");
    }

    private static async Task<Results<Ok<Envelope<CallRecordingView>>, JsonHttpResult<Failure>, JsonHttpResult<RecordingConflict>>> ChangeAsync(
        Identity who, IExchangeView exchange, AuditLog audit, string id, RecordingOrderBody order, CancellationToken cancellation)
    {
        RecordingAction? action = order.Action switch
        {
            "start" => RecordingAction.Start,
            "stop" => RecordingAction.Stop,
            "pause" => RecordingAction.Pause,
            "resume" => RecordingAction.Resume,
            "mask" => RecordingAction.Mask,
            "unmask" => RecordingAction.Unmask,
            _ => null,
        };
        if (action is not { } wanted)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "action must be start, stop, pause, resume, mask or unmask");

        if (await exchange.RecordAsync(who.Tenant, new CallId(id), wanted).WaitAsync(cancellation) is not { } reply)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such call in progress");
        if (reply.Problem.Length > 0)
            return ApiAnswer.Fail(503, "REFUSED", "The call is not recorded: " + reply.Problem);

        if (reply.IsDone)
            audit.Write(who, "call.recording", id, order.Action!);

        var state = CallText.Recording(reply.State);
        return reply.IsDone
            ? ApiAnswer.Data(new CallRecordingView(state))
            : TypedResults.Json(new RecordingConflict(false, $"{order.Action} does not fit the state {state}", "WRONG_STATE", state), statusCode: 409);
    }
}

/// <summary>What to do with the recording of a call.</summary>
public sealed record RecordingOrderBody(string? Action);

/// <summary>The recording of a call.</summary>
/// <param name="Recording"><c>none</c>, <c>recording</c>, <c>paused</c> or <c>masked</c>.</param>
public sealed record CallRecordingView(string Recording);

/// <summary>The action did not fit the state that was found; nothing changed.</summary>
public sealed record RecordingConflict(bool Success, string Error, string Code, string Recording);
