using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Queues;

/// <summary>An agent logs in or out, or pauses, by his own phone, and hears what he is now.</summary>
internal sealed class AgentProgram(AgentAction action, string reason) : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var desk = person.Call.Environment.Queues;
        await person.PlayAsync(Prompt.Sounds(Do(desk, person)), keysStop: false);
        return null;
    }

    // The name of what he hears.
    private string Do(QueueDesk desk, ServedCall person)
    {
        var now = person.Call.Now;
        if (OwnPhone.NumberOf(person) is not { } number || desk.Agent(person.Tenant, number, now) is not { } agent)
            return "no-permission";

        switch (action)
        {
            case AgentAction.LogIn:
                desk.LogIn(person.Tenant, number, now);
                return "agent-login";
            case AgentAction.LogOut:
                desk.LogOut(person.Tenant, number, now);
                return "agent-logout";
            case AgentAction.Pause when agent.Login is { IsPaused: true } && reason.Length == 0:
                desk.Resume(person.Tenant, number, now);
                return "agent-resumed";
            default:
                return desk.Pause(person.Tenant, number, reason, now) ? "agent-paused" : "agent-logout";
        }
    }
}
