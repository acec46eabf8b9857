namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Something that a program wants of a call in progress. Each is a record of its own, with what it does to the call beside what it asks for: it
/// runs on the call's shard, once, and is answered there with the state that it found or made. What takes longer (a phone has to agree, somebody
/// has to answer) is begun, and its outcome is told by <see cref="Events.CallCommandEnded"/> with the id of the reply.
/// </summary>
public abstract record CallCommand
{
    /// <summary>Its word in the API and in events, for example <c>hold</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Does it, on the call's shard; the call is in progress.</summary>
    internal abstract CommandReply Run(CommandContext context);
}
