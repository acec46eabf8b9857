using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest.Commands;

/// <summary>Commands to a call in progress: <c>/api/v1/calls/{id}/commands</c>.</summary>
public static class CallCommandsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/calls/{id}/commands", CommandAsync).Needs(Permission.CallsControl)
            .Produces<Envelope<CommandView>>(200).Produces<Envelope<CommandView>>(202).Produces<FieldFailure>(400).Produces<Failure>(404).Produces<CommandConflict>(409).Produces<Failure>(503)
            .WithSummary("Has a call do something: hold, mute, transfer, bridge, send keys, record, hang up and more");
    }

    private static async Task<IResult> CommandAsync(
        Identity who, IExchangeView exchange, AuditLog audit, HttpContext context, string id, CommandBody body)
    {
        var draft = CommandCatalog.Make(body);
        if (draft.Command is not { } command)
            return ApiAnswer.Invalid(draft.Problem!);
        if (command is DigitsCommand && context.Request.Headers.ContainsKey("Idempotency-Key"))
            return ApiAnswer.Invalid(new FieldProblem("Idempotency-Key", "none for this command: the answer would be kept, and it is a secret"));

        // It is carried out whether the asker waits or not, so it is in the audit log in any case.
        if (await exchange.CommandAsync(who.Tenant, new CallId(id), command) is not { } reply)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such call in progress");

        if (reply.IsAccepted)
            audit.Write(who, "call.command", id, $"{command.Name} {reply.CommandId}");

        return reply.Result switch
        {
            CommandResult.Done => ApiAnswer.Data(new CommandView(reply.CommandId, "done", ControlView.From(reply.State), reply.Digits)),
            CommandResult.Begun => TypedResults.Json(new Envelope<CommandView>(true, new CommandView(reply.CommandId, "begun", ControlView.From(reply.State))), statusCode: 202),
            CommandResult.Invalid => ApiAnswer.Fail(400, "INVALID", reply.Text),
            CommandResult.Unavailable => ApiAnswer.Fail(503, "REFUSED", reply.Text),
            _ => TypedResults.Json(new CommandConflict(false, reply.Text, "WRONG_STATE", ControlView.From(reply.State)), statusCode: 409),
        };
    }
}
