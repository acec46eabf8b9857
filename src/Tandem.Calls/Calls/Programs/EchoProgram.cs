namespace Tandem.Calls.Calls.Programs;

/// <summary>The person hears himself.</summary>
internal sealed class EchoProgram : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        person.Sound.Echo(person.Side, true);
        await person.UntilGoneAsync();
        return null;
    }
}
