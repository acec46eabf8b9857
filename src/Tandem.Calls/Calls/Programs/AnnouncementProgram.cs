namespace Tandem.Calls.Calls.Programs;

/// <summary>The caller hears a sound of the tenant once, and the call ends.</summary>
internal sealed class AnnouncementProgram(string sound) : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        await person.PlayAsync(Prompt.Sounds(sound), keysStop: false);
        return null;
    }
}
