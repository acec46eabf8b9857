namespace Tandem.Calls.Calls.Programs;

/// <summary>The person is about to go: nothing is begun any more.</summary>
internal sealed class NoProgram : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        await person.UntilGoneAsync();
        return null;
    }
}
