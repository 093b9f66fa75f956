//! Checks expressions: fields exist, types fit, and nothing repeats.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators as op};
use cel::{IdedExpr as Node, Program};
use detente_api::Refusal;
use detente_api::request::Topic;
use detente_domain::details;
use detente_domain::state::Occasion;

use super::{Field, refused};

/// The deepest nesting of an expression.
const DEPTH_MAX: usize = 64;
/// The functions that an expression may call.
const FUNCTIONS: [&str; 4] = ["size", "startsWith", "endsWith", "contains"];

/// The type of a part of an expression. Any field may also be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Truth,
    Number,
    Text,
    Texts,
    Numbers,
    Change,
    Direction,
    Key,
    /// A detail of a key: a text or a number.
    Detail,
    Null,
}

/// Checks a program and returns the fields that it reads.
pub(super) fn check(source: &str, program: &Program) -> Result<BTreeSet<Field>, Refusal> {
    let mut checker = Checker {
        source,
        program,
        fields: BTreeSet::new(),
        depth: 0,
    };
    let root = program.expression();
    let ty = checker.ty(root)?;
    if ty != Type::Truth {
        let message = format!("it comes to {}, and not to true or false", ty.name());
        return Err(checker.refuse(root, message));
    }
    Ok(checker.fields)
}

struct Checker<'p> {
    source: &'p str,
    program: &'p Program,
    fields: BTreeSet<Field>,
    depth: usize,
}

impl Checker<'_> {
    fn refuse(&self, at: &Node, message: impl AsRef<str>) -> Refusal {
        let offset = self.program.source_info().offset_for(at.id);
        let column = offset.map_or(1, |(start, _)| start.saturating_add(1));
        refused(
            self.source,
            format!("column {column}: {}", message.as_ref()),
        )
    }

    fn ty(&mut self, node: &IdedExpr) -> Result<Type, Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.refuse(node, "it is nested too deeply"));
        }
        let ty = match &node.expr {
            Expr::Literal(literal) => self.literal(node, literal),
            Expr::Ident(name) if name == "change" => Ok(Type::Change),
            Expr::Ident(name) => {
                let message = format!("there is nothing called {name:?}");
                Err(self.refuse(node, message).allowed(["change"]))
            }
            Expr::Select(select) => self.select(node, select),
            Expr::Call(call) => self.call(node, call),
            Expr::List(list) => {
                let types = list.elements.iter().map(|element| self.ty(element));
                let types: Vec<Type> = types.collect::<Result<_, _>>()?;
                if types.iter().all(|ty| *ty == Type::Text) {
                    Ok(Type::Texts)
                } else if types.iter().all(|ty| *ty == Type::Number) {
                    Ok(Type::Numbers)
                } else {
                    Err(self.refuse(node, "a list has texts only, or numbers only"))
                }
            }
            Expr::Comprehension(_) => {
                let message = "an expression may not repeat: exists, all, map and filter are \
                               not taken";
                Err(self.refuse(node, message).allowed(FUNCTIONS))
            }
            Expr::Unspecified | Expr::Map(_) | Expr::Struct(_) => {
                Err(self.refuse(node, "maps and messages are not used here"))
            }
        }?;
        self.depth -= 1;
        Ok(ty)
    }

    fn literal(&self, node: &Node, literal: &LiteralValue) -> Result<Type, Refusal> {
        match literal {
            LiteralValue::Boolean(_) => Ok(Type::Truth),
            LiteralValue::Int(_) => Ok(Type::Number),
            LiteralValue::String(_) => Ok(Type::Text),
            LiteralValue::Null => Ok(Type::Null),
            LiteralValue::Bytes(_) | LiteralValue::Double(_) | LiteralValue::UInt(_) => Err(self
                .refuse(
                    node,
                    "values are texts, whole numbers, true, false and null",
                )),
        }
    }

    fn select(&mut self, node: &Node, select: &SelectExpr) -> Result<Type, Refusal> {
        let of = self.ty(&select.operand)?;
        let ty = self.part(node, of, &select.field)?;
        Ok(if select.test { Type::Truth } else { ty })
    }

    /// Returns the type of a part of a value, by its name.
    fn part(&mut self, node: &Node, of: Type, word: &str) -> Result<Type, Refusal> {
        match of {
            Type::Change => {
                let field = Field::parse(word).ok_or_else(|| {
                    let message = format!("a change has no field {word:?}");
                    let words = Field::ALL.iter().map(|field| field.as_str());
                    self.refuse(node, message).allowed(words)
                })?;
                self.fields.insert(field);
                Ok(field.ty())
            }
            Type::Direction if ["from", "to"].contains(&word) => Ok(Type::Text),
            Type::Direction => {
                let message = format!("a direction has from and to, and no {word:?}");
                Err(self.refuse(node, message).allowed(["from", "to"]))
            }
            Type::Key if details::Field::parse(word).is_some() => Ok(Type::Detail),
            Type::Key => {
                let message = format!("no register's entry has a detail {word:?}");
                let words = details::Field::ALL.iter().map(|field| field.as_str());
                Err(self.refuse(node, message).allowed(words))
            }
            Type::Truth
            | Type::Number
            | Type::Text
            | Type::Texts
            | Type::Numbers
            | Type::Detail
            | Type::Null => {
                let message = format!("{} has no part {word:?}", of.name());
                Err(self.refuse(node, message))
            }
        }
    }

    fn call(&mut self, node: &Node, call: &CallExpr) -> Result<Type, Refusal> {
        let parts: Vec<&IdedExpr> = call
            .target
            .as_deref()
            .into_iter()
            .chain(&call.args)
            .collect();
        if let (op::INDEX, [of, index]) = (call.func_name.as_str(), parts.as_slice()) {
            return self.index(node, of, index);
        }
        let types = parts.iter().map(|part| self.ty(part));
        let types: Vec<Type> = types.collect::<Result<_, _>>()?;
        match (call.func_name.as_str(), types.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT, types) => {
                self.all(node, types, Type::Truth, "the operator takes true or false")
            }
            (op::CONDITIONAL, [Type::Truth, one, other]) if one.fits(*other) => Ok(*one),
            (op::CONDITIONAL, _) => {
                Err(self.refuse(node, "a choice takes true or false, and two of one type"))
            }
            (op::EQUALS | op::NOT_EQUALS, [one, other]) => {
                self.equal(node, (parts[0], *one), (parts[1], *other))
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [one, other]) => {
                let orders = |ty: Type| matches!(ty, Type::Number | Type::Text | Type::Detail);
                if orders(*one) && orders(*other) && one.fits(*other) {
                    return Ok(Type::Truth);
                }
                Err(self.refuse(node, "the operator compares two numbers or two texts"))
            }
            (op::IN, [one, Type::Texts]) if one.fits(Type::Text) => {
                self.words(node, parts[0], parts[1])?;
                Ok(Type::Truth)
            }
            (op::IN, [one, Type::Numbers]) if one.fits(Type::Number) => Ok(Type::Truth),
            (op::IN, _) => Err(self.refuse(node, "in takes a value, and a list of its type")),
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO | op::NEGATE, of) => {
                self.all(node, of, Type::Number, "the operator takes whole numbers")
            }
            ("size", [Type::Text | Type::Texts | Type::Numbers | Type::Key]) => Ok(Type::Number),
            ("startsWith" | "endsWith" | "contains", [Type::Text | Type::Detail, Type::Text])
                if call.target.is_some() =>
            {
                Ok(Type::Truth)
            }
            (name, _) if FUNCTIONS.contains(&name) => {
                let message = format!(
                    "{name} is not used so: size of a text or list; contains, \
                                       startsWith and endsWith of a text, with a text"
                );
                Err(self.refuse(node, message))
            }
            (name, _) => {
                let message = format!("there is no function or operator {name:?} here");
                Err(self.refuse(node, message).allowed(FUNCTIONS))
            }
        }
    }

    fn index(&mut self, node: &Node, of: &IdedExpr, index: &IdedExpr) -> Result<Type, Refusal> {
        let ty = self.ty(of)?;
        if let (Type::Change | Type::Direction | Type::Key, Some(word)) = (ty, literal(index)) {
            return self.part(index, ty, &word);
        }
        match (ty, self.ty(index)?) {
            (Type::Texts, Type::Number) => Ok(Type::Text),
            (Type::Numbers, Type::Number) => Ok(Type::Number),
            _ => Err(self.refuse(node, "a list takes a number, and a key a word in quotes")),
        }
    }

    fn all(&self, node: &Node, all: &[Type], one: Type, or: &str) -> Result<Type, Refusal> {
        if all.iter().all(|ty| ty.fits(one)) {
            return Ok(one);
        }
        Err(self.refuse(node, or))
    }

    fn equal(
        &self,
        node: &Node,
        (one, ty): (&IdedExpr, Type),
        (other, other_ty): (&IdedExpr, Type),
    ) -> Result<Type, Refusal> {
        if !ty.fits(other_ty) {
            let message = format!("{} is never {}", ty.name(), other_ty.name());
            return Err(self.refuse(node, message));
        }
        self.words(node, one, other)?;
        self.words(node, other, one)?;
        Ok(Type::Truth)
    }

    /// Checks that a field that has only a few words is compared with one of them.
    fn words(&self, node: &Node, field: &IdedExpr, with: &IdedExpr) -> Result<(), Refusal> {
        let Some(words) = vocabulary(field) else {
            return Ok(());
        };
        let compared = match &with.expr {
            Expr::List(list) => list.elements.as_slice(),
            _ => std::slice::from_ref(with),
        };
        let mut compared = compared.iter().filter_map(literal);
        match compared.find(|word| !words.contains(&word.as_str())) {
            Some(wrong) => {
                let message = format!("the field is never {wrong:?}");
                Err(self.refuse(node, message).allowed(words))
            }
            None => Ok(()),
        }
    }
}

/// Returns the words of a field, if they are few.
fn vocabulary(node: &IdedExpr) -> Option<Vec<&'static str>> {
    let Expr::Select(select) = &node.expr else {
        return None;
    };
    if !matches!(&select.operand.expr, Expr::Ident(name) if name == "change") {
        return None;
    }
    if select.field == Field::Dimension.as_str() {
        return Some(Topic::all().map(Topic::as_str).collect());
    }
    let is_occasion = select.field == Field::Occasion.as_str();
    is_occasion.then(|| Occasion::ALL.map(Occasion::as_str).to_vec())
}

fn literal(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        _ => None,
    }
}

impl Type {
    const fn name(self) -> &'static str {
        match self {
            Self::Truth => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Numbers => "a list of numbers",
            Self::Change => "a change",
            Self::Direction => "a direction",
            Self::Key => "a key",
            Self::Detail => "a detail",
            Self::Null => "null",
        }
    }

    /// Returns true if the two can be equal: any may be null, and a detail is a text or a number.
    fn fits(self, other: Self) -> bool {
        let either = |one: Self, other: Self| {
            one == Self::Null || (one == Self::Detail && matches!(other, Self::Text | Self::Number))
        };
        self == other || either(self, other) || either(other, self)
    }
}
