using Tandem.Calls.Tenants;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Brings commands from any thread to the shard of their call, where they run in the order in which they come.</summary>
internal sealed class CommandDesk(CallTable calls)
{
    /// <summary>Runs a command; null when the tenant has no such call in progress.</summary>
    public Task<CommandReply?> RunAsync(TenantId tenant, CallId id, CallCommand command)
    {
        if (Find(tenant, id) is not { } call)
            return Task.FromResult<CommandReply?>(null);

        var done = new TaskCompletionSource<CommandReply?>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The party in the other call is named there, and taken from here: each on its own shard.
        if (command is BridgeCommand bridge && bridge.Other != id && Find(tenant, bridge.Other) is { } other)
            OnShard(other, done, () => Bridge(call, done, bridge with { Target = BridgeTarget.Of(other, bridge.OtherKept, id) }));
        else
            OnShard(call, done, Run(call, command, done));
        return done.Task;
    }

    private LiveCall? Find(TenantId tenant, CallId id) => calls.Find(id) is { Model.IsHidden: false } call && call.Model.Tenant == tenant ? call : null;

    private static Action Run(LiveCall call, CallCommand command, TaskCompletionSource<CommandReply?> done) =>
        () => done.TrySetResult(call.IsOver ? null : command.Run(new CommandContext(call, command)));

    // A call that ended meanwhile keeps nobody.
    private static void Bridge(LiveCall call, TaskCompletionSource<CommandReply?> done, BridgeCommand bridge) => OnShard(call, done, () =>
    {
        if (call.IsOver)
            bridge.Target?.Release();
        Run(call, bridge, done)();
    });

    private static void OnShard(LiveCall call, TaskCompletionSource<CommandReply?> done, Action work) => call.Environment.PostToShard(() =>
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            // It is the asker's, and the call goes on.
            done.TrySetException(e);
        }
    });
}
