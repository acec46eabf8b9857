using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;

namespace Tandem.Testing.Exchange;

/// <summary>Commands to the calls of a rig, and what became of them.</summary>
public static class Commanding
{
    /// <summary>Gives a command to the only call, or to one of several; throws when there is no such call.</summary>
    public static async Task<CommandReply> CommandAsync(this ExchangeRig rig, CallCommand command, CallId? id = null)
    {
        var task = rig.Exchange.CommandAsync(TenantId.Default, id ?? rig.Calls.Single().Id, command);
        if (!rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)))
            throw new TimeoutException($"{command.Name} was not answered");
        return await task ?? throw new InvalidOperationException($"{command.Name}: no such call");
    }

    /// <summary>The outcome of a command that was begun; null while it is not known. Throws when it was told twice.</summary>
    public static CallCommandEnded? OutcomeOf(this ExchangeRig rig, CommandReply reply) =>
        rig.Events.All.OfType<CallCommandEnded>().SingleOrDefault(told => told.CommandId == reply.CommandId);
}
