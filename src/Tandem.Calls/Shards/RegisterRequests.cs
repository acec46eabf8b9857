using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Shards;

/// <summary>
/// REGISTER. A refusal, and most are challenges, is forgotten at once: anybody can ask for one under any address, and 32 s of
/// memory for each would fill the table. What was accepted is kept, so that a repeated request gets the same answer.
/// </summary>
internal sealed class RegisterRequests(CallEnvironment environment, RegistrarService registrar) : IRequestHandler
{
    public void Receive(SipMessage request, ServerTransaction server)
    {
        var response = registrar.Handle(request, server.Flow, environment.Now);
        if (response.StatusCode < 300)
            environment.Engine.Respond(server, response, environment.Now);
        else
            environment.Engine.RespondWithoutState(server, response);
    }
}
