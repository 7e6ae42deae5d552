//! How the columns of one file become the roles of a record.

use toadstone_core::{BatchBuilder, ColumnMap, Kind, Role, RoleSet};

use crate::dialog::{self, Turn};
use crate::parse::parse_nested;
use crate::rejected::Reason;
use crate::value::{Fields, Value};
use crate::written;

/// A column, or a place inside one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// As the user reads and writes it, with dots.
    pub(crate) name: String,
    /// The column and what to look up in it.
    pub(crate) steps: Vec<String>,
    /// Whether it holds numbers, which are then taken as text.
    pub(crate) numbers: bool,
}

impl Column {
    /// A whole column, whatever characters its name has.
    pub(crate) fn whole(name: &str) -> Self {
        Column { name: name.to_owned(), steps: vec![name.to_owned()], numbers: false }
    }

    /// A path with dots.
    pub(crate) fn path(name: &str) -> Self {
        Column { name: name.to_owned(), steps: name.split('.').map(str::to_owned).collect(), numbers: false }
    }

    /// The value; `None` if the record does not have it.
    pub(crate) fn find<'v, 'a>(&self, fields: &'v Fields<'a>) -> Result<Option<&'v Value<'a>>, Reason> {
        let mut steps = self.steps.iter();
        let Some(first) = steps.next() else { return Ok(None) };
        let mut found = fields.get(first)?;
        for step in steps {
            found = match found {
                Some(Value::Object(inner)) => inner.get(step)?,
                Some(Value::List(items)) => step.parse().ok().and_then(|at: usize| items.get(at)),
                _ => None,
            };
        }
        Ok(found)
    }

    /// The same, to be changed. The first of a name that occurs twice.
    pub(crate) fn find_mut<'v, 'a>(&self, fields: &'v mut Fields<'a>) -> Option<&'v mut Value<'a>> {
        let mut steps = self.steps.iter();
        let mut found = fields.first_mut(steps.next()?)?;
        for step in steps {
            found = match found {
                Value::Object(inner) => inner.first_mut(step)?,
                Value::List(items) => items.get_mut(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(found)
    }

    fn wrong(&self, value: &Value<'_>, expected: &'static str) -> Reason {
        Reason::WrongType { column: self.name.clone(), found: value.type_name(), expected }
    }
}

/// Where the texts of a record are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// In columns; at least one of the inputs must be there, and every output.
    Columns { inputs: Vec<Column>, outputs: Vec<Column> },
    /// In a list of turns, or in a text that a chat template wrote. `written` says that nearly all are
    /// such texts; one without a dialog is then what a person said.
    Chat { before: Vec<Column>, turns: Column, written: bool },
    /// In two answers, which may be whole dialogs.
    Pair { prompt: Vec<Column>, chosen: Column, rejected: Column },
}

/// What a file's records are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) content: Content,
    pub(crate) label: Option<Column>,
    pub(crate) origins: Vec<(Role, Column)>,
}

impl Plan {
    /// A plan for text in one column.
    pub(crate) fn text(kind: Kind, column: &str) -> Self {
        let content = Content::Columns { inputs: vec![Column::whole(column)], outputs: Vec::new() };
        Plan { kind, content, label: None, origins: Vec::new() }
    }

    /// Every column with the role that it is shown under.
    fn roles_and_columns(&self) -> Vec<(&'static str, &Column)> {
        let mut all = Vec::new();
        let input = Role::Input.name();
        match &self.content {
            Content::Columns { inputs, outputs } => {
                all.extend(inputs.iter().map(|c| (input, c)));
                all.extend(outputs.iter().map(|c| (Role::Output.name(), c)));
            }
            Content::Chat { before, turns, .. } => {
                all.extend(before.iter().map(|c| (input, c)));
                all.push(("messages", turns));
            }
            Content::Pair { prompt, chosen, rejected } => {
                all.extend(prompt.iter().map(|c| (input, c)));
                all.push((Role::Output.name(), chosen));
                all.push((Role::Rejected.name(), rejected));
            }
        }
        all.extend(self.label.iter().map(|c| (Role::Label.name(), c)));
        all.extend(self.origins.iter().map(|(role, c)| (role.name(), c)));
        all
    }

    /// For the report.
    pub(crate) fn columns(&self) -> Vec<ColumnMap> {
        let entry = |(role, column): (&str, &Column)| ColumnMap {
            role: role.to_owned(),
            column: column.name.clone(),
        };
        self.roles_and_columns().into_iter().map(entry).collect()
    }

    /// The columns that have to be read.
    pub(crate) fn wanted(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.roles_and_columns().into_iter().filter_map(|(_, c)| c.steps.first().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The roles that its records can have.
    pub(crate) fn roles(&self) -> RoleSet {
        let content: &[Role] = match &self.content {
            Content::Columns { outputs, .. } if outputs.is_empty() => &[Role::Input],
            Content::Columns { .. } | Content::Chat { .. } => &[Role::Input, Role::Output],
            Content::Pair { .. } => &[Role::Input, Role::Output, Role::Rejected],
        };
        let label = self.label.iter().map(|_| Role::Label);
        let origins = self.origins.iter().map(|(role, _)| *role);
        content.iter().copied().chain(label).chain(origins).fold(RoleSet::default(), RoleSet::with)
    }

    /// Puts the texts of a record into the builder. After a refusal the builder holds a part of the
    /// record, which the caller abandons.
    pub(crate) fn fill(
        &self,
        fields: &Fields<'_>,
        builder: &mut BatchBuilder,
        depth: usize,
    ) -> Result<(), Reason> {
        let mut record = Filling { builder, any: false };
        match &self.content {
            Content::Columns { inputs, outputs } => {
                record.inputs(inputs, fields)?;
                for column in outputs {
                    let value = column.find(fields)?.ok_or_else(|| missing(column))?;
                    record.text(Role::Output, column, value, true)?;
                }
            }
            Content::Chat { before, turns, written } => {
                record.optional(before, fields)?;
                record.chat(turns, *written, fields, depth)?;
            }
            Content::Pair { prompt, chosen, rejected } => record.pair(prompt, chosen, rejected, fields)?,
        }
        if !record.any {
            return Err(Reason::Empty);
        }
        if let Some(column) = &self.label {
            add_label(column, fields, builder)?;
        }
        for (role, column) in &self.origins {
            if let Some(value) = column.find(fields)? {
                add_origin(*role, value, builder);
            }
        }
        Ok(())
    }
}

/// A record may have several parents: in a list, or in several columns.
fn add_origin(role: Role, value: &Value<'_>, builder: &mut BatchBuilder) {
    match value {
        Value::List(items) if Role::REFERENCES.contains(&role) => {
            items.iter().for_each(|item| add_origin(role, item, builder));
        }
        other => {
            if let Some(text) = other.scalar().filter(|text| !text.is_empty()) {
                builder.add(role, &text);
            }
        }
    }
}

fn missing(column: &Column) -> Reason {
    Reason::Missing { column: column.name.clone() }
}

fn add_label(column: &Column, fields: &Fields<'_>, builder: &mut BatchBuilder) -> Result<(), Reason> {
    let value = column.find(fields)?.ok_or_else(|| missing(column))?;
    match value.scalar() {
        Some(text) if text.is_empty() => Err(Reason::Null { column: column.name.clone() }),
        Some(text) => {
            builder.add(Role::Label, &text);
            Ok(())
        }
        None if *value == Value::Null => Err(Reason::Null { column: column.name.clone() }),
        None => Err(column.wrong(value, "a label")),
    }
}

/// A record in the making.
struct Filling<'b> {
    builder: &'b mut BatchBuilder,
    /// Whether it has any text that is not blank.
    any: bool,
}

impl Filling<'_> {
    fn add(&mut self, role: Role, text: &str) {
        self.any = self.any || text.chars().any(|c| !c.is_whitespace());
        self.builder.add(role, text);
    }

    /// Adds what a column says. Empty text is left out unless the role is to be there all the same.
    fn text(
        &mut self,
        role: Role,
        column: &Column,
        value: &Value<'_>,
        keep_empty: bool,
    ) -> Result<(), Reason> {
        match value {
            Value::Null => return Err(Reason::Null { column: column.name.clone() }),
            Value::Text(text) if text.is_empty() && !keep_empty => {}
            Value::Text(text) => self.add(role, text),
            Value::List(_) | Value::Object(_) if dialog::is_turns(value) => {
                dialog::turns(value, &column.name)?.iter().for_each(|turn| self.add(role, &turn.text));
            }
            other => match other.scalar().filter(|_| column.numbers) {
                Some(text) => self.add(role, &text),
                None => return Err(column.wrong(other, "text")),
            },
        }
        Ok(())
    }

    /// Adds the columns that are there and not null. Returns whether any was there.
    fn optional(&mut self, columns: &[Column], fields: &Fields<'_>) -> Result<bool, Reason> {
        let mut any = false;
        for column in columns {
            if let Some(value) = column.find(fields)?.filter(|value| **value != Value::Null) {
                self.text(Role::Input, column, value, false)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// Adds the inputs, of which at least one must be there.
    fn inputs(&mut self, columns: &[Column], fields: &Fields<'_>) -> Result<(), Reason> {
        if self.optional(columns, fields)? {
            return Ok(());
        }
        match columns.first() {
            None => Ok(()),
            Some(first) if first.find(fields)?.is_some() => Err(Reason::Null { column: first.name.clone() }),
            Some(first) => Err(missing(first)),
        }
    }

    fn chat(
        &mut self,
        column: &Column,
        is_written: bool,
        fields: &Fields<'_>,
        depth: usize,
    ) -> Result<(), Reason> {
        let value = column.find(fields)?.ok_or_else(|| missing(column))?;
        // Tables without lists hold the turns as JSON in a text, or as a template writes them.
        let nested = match value {
            Value::Text(text) => match parse_nested(text, depth) {
                None => {
                    let turns =
                        written::said(text).or_else(|| is_written.then(|| vec![Turn::of_person(text)]));
                    let turns = turns.ok_or_else(|| column.wrong(value, "a list of turns"))?;
                    turns.iter().for_each(|turn| self.add(role_of(turn), &turn.text));
                    return Ok(());
                }
                list => list,
            },
            _ => None,
        };
        for turn in dialog::turns(nested.as_ref().unwrap_or(value), &column.name)? {
            self.add(role_of(&turn), &turn.text);
        }
        Ok(())
    }

    fn pair(
        &mut self,
        prompt: &[Column],
        chosen: &Column,
        rejected: &Column,
        fields: &Fields<'_>,
    ) -> Result<(), Reason> {
        let a = chosen.find(fields)?.ok_or_else(|| missing(chosen))?;
        let b = rejected.find(fields)?.ok_or_else(|| missing(rejected))?;
        if let (Value::Text(a), Value::Text(b)) = (a, b)
            && let Some((shared, a, b)) = dialog::split_dialogs(a, b)
        {
            self.add(Role::Input, shared);
            self.add(Role::Output, a);
            self.add(Role::Rejected, b);
            return Ok(());
        }
        if dialog::is_turns(a) && dialog::is_turns(b) {
            return self.pair_of_chats(prompt, (chosen, a), (rejected, b), fields);
        }
        self.optional(prompt, fields)?;
        self.text(Role::Output, chosen, a, true)?;
        self.text(Role::Rejected, rejected, b, true)
    }

    fn pair_of_chats(
        &mut self,
        prompt: &[Column],
        (chosen, a): (&Column, &Value<'_>),
        (rejected, b): (&Column, &Value<'_>),
        fields: &Fields<'_>,
    ) -> Result<(), Reason> {
        let (a, b) = (dialog::turns(a, &chosen.name)?, dialog::turns(b, &rejected.name)?);
        let common = dialog::common_turns(&a, &b);
        if common == 0 {
            self.optional(prompt, fields)?;
        }
        a[..common].iter().for_each(|turn| self.add(Role::Input, &turn.text));
        a[common..].iter().for_each(|turn| self.add(Role::Output, &turn.text));
        b[common..].iter().for_each(|turn| self.add(Role::Rejected, &turn.text));
        Ok(())
    }
}

fn role_of(turn: &Turn<'_>) -> Role {
    if turn.model { Role::Output } else { Role::Input }
}

#[cfg(test)]
mod tests;
